/**
 * SHA-256 of a short text, one block after the other. The browser's own is there only over HTTPS and answers
 * later; the puzzle asks for some ten thousand hashes at once.
 */

const { floor } = Math;
const ROUND = fractions(64, 1 / 3);
const BEGIN = fractions(8, 1 / 2);
const SPARE = new Int32Array(64);

/** The first bits behind the point of roots of the first primes: the constants that the standard names. */
function fractions(count: number, power: number): Int32Array {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    let prime = true;
    for (let part = 2; part * part <= number; part++) if (number % part === 0) prime = false;
    if (prime) {
      const root = number ** power;
      found.push(((root - floor(root)) * 2 ** 32) | 0);
    }
  }
  return Int32Array.from(found);
}

const turned = (word: number, bits: number) => (word >>> bits) | (word << (32 - bits));

function block(state: Int32Array, words: DataView, start: number): void {
  for (let index = 0; index < 16; index++) SPARE[index] = words.getInt32(start + index * 4);
  for (let index = 16; index < 64; index++) {
    const early = SPARE[index - 15] as number;
    const late = SPARE[index - 2] as number;
    const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    SPARE[index] = ((SPARE[index - 16] as number) + small + (SPARE[index - 7] as number) + large) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let index = 0; index < 64; index++) {
    const upper = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const first = (h + upper + chosen + (ROUND[index] as number) + (SPARE[index] as number)) | 0;
    const lower = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const most = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + lower + most) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = ((state[index] as number) + word) | 0;
  });
}

/** The hash as eight signed words. */
export function sha256(text: string): Int32Array {
  const said = new TextEncoder().encode(text);
  const padded = new Uint8Array(64 * floor((said.length + 72) / 64));
  padded.set(said);
  padded[said.length] = 0x80;
  const words = new DataView(padded.buffer);
  words.setUint32(padded.length - 4, said.length * 8);
  const state = BEGIN.slice();
  for (let start = 0; start < padded.length; start += 64) block(state, words, start);
  return state;
}

/** How many zero bits a hash begins with. */
export function leadingZeros(hash: Int32Array): number {
  let zeros = 0;
  for (const word of hash) {
    zeros += Math.clz32(word);
    if (word !== 0) break;
  }
  return zeros;
}

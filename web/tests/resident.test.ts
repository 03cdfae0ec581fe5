import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { leadingZeros, sha256 } from '../src/report/sha256';
import { solve } from '../src/report/ticket';

const hex = (words: Int32Array) =>
  [...words].map(word => (word >>> 0).toString(16).padStart(8, '0')).join('');
const known = (text: string) => createHash('sha256').update(text).digest('hex');

describe("the residents' sum", () => {
  it('hashes as the standard does, at every length around a block', () => {
    for (let length = 0; length < 140; length++) {
      const text = '一路 yilu '.repeat(20).slice(0, length);
      expect(hex(sha256(text))).toBe(known(text));
    }
  });

  it('counts the zero bits that a hash begins with', () => {
    expect(leadingZeros(Int32Array.from([0, 1, -1]))).toBe(63);
    expect(leadingZeros(Int32Array.from([-1]))).toBe(0);
    expect(leadingZeros(new Int32Array(8))).toBe(256);
  });

  it('is solved by trying, and the answer is what the server checks', async () => {
    const answer = await solve({ puzzle: 'a.10.1.b', bits: 10 });
    expect(BigInt(`0x${known(`a.10.1.b:${answer}`)}`) >> 246n).toBe(0n);
  });
});

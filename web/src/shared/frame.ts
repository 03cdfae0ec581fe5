/**
 * What the page is told, it shows frame by frame: all that came meanwhile together, and the marks on the map that
 * follow from it in the same one. Where frames are dear (no graphics card, a large wall) they come less often, and
 * never just when somebody pressed a key: what he did is shown first.
 */

type Act = () => void;

const changes = new Set<Act>();
const paintings = new Set<Act>();
let waits = false;
let isChanging = false;

/** Change something in one of the next frames; the same act asked for twice is done once. */
export function inNextFrame(act: Act): void {
  changes.add(act);
  wait();
}

/** Paint at the end of such a frame, when all that changes in it is known. */
export function paintNext(act: Act): void {
  paintings.add(act);
  if (!isChanging) wait();
}

/** For answers that may wait for the next frame: they join what else is shown then. */
export const nextFrame = () => new Promise<void>(inNextFrame);

function run(acts: Set<Act>): void {
  for (const act of acts) {
    acts.delete(act);
    act();
  }
}

function frame(): void {
  waits = false;
  // What a change asks for while it runs belongs to the same frame.
  isChanging = true;
  run(changes);
  isChanging = false;
  // A microtask: after the framework has drawn what the changes meant.
  if (!isHidden()) queueMicrotask(() => run(paintings));
  measure();
}

/** What a frame costs here beyond the time between two frames of any screen, smoothed. */
let costMs = 0;
let lastFrame = 0;
const UNHURRIED_FRAMES_MS = 40;
const SMOOTHED = 0.3;

function measure(): void {
  lastFrame = performance.now();
  if (isHidden()) return;
  const begun = lastFrame;
  // The second frame after this one can begin only when this one is on the screen.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const beyond = Math.max(0, performance.now() - begun - UNHURRIED_FRAMES_MS);
      costMs += (Math.min(beyond, 400) - costMs) * SMOOTHED;
    }),
  );
}

/** Of the time that its frames cost, so many times over the page leaves to whoever works with it. */
const RESTS = 4;
const LONGEST_REST_MS = 400;
/** After a key or a press, what he did is shown before anything else. */
const FIRST_MS = 150;
let lastInput = Number.NEGATIVE_INFINITY;

for (const kind of ['keydown', 'pointerdown', 'wheel'])
  globalThis.addEventListener?.(
    kind,
    () => {
      lastInput = performance.now();
    },
    { capture: true, passive: true },
  );

function restMs(): number {
  const now = performance.now();
  if (costMs < 1) return 0;
  const afterFrame = lastFrame + Math.min(costMs * RESTS, LONGEST_REST_MS) - now;
  const afterInput = lastInput + Math.min(costMs * 2, FIRST_MS) - now;
  return Math.max(0, afterFrame, afterInput);
}

/** A page that nobody sees gets no frames, and must know what is going on all the same: alarms depend on it. */
const UNSEEN_MS = 250;
const isHidden = () => globalThis.document?.hidden !== false;
let asked = 0;

function wait(): void {
  if (waits) return;
  waits = true;
  ask();
}

function ask(): void {
  asked += 1;
  const mine = asked;
  const act = () => {
    if (mine !== asked || !waits) return;
    const rest = restMs();
    if (rest > 0) setTimeout(() => mine === asked && waits && requestAnimationFrame(act), rest);
    else frame();
  };
  if (isHidden()) setTimeout(() => mine === asked && waits && frame(), UNSEEN_MS);
  else requestAnimationFrame(act);
}

globalThis.document?.addEventListener('visibilitychange', () => {
  // What was asked before the page was hidden would wait for a frame for ever.
  if (waits) ask();
  else if (paintings.size > 0) wait();
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** Browsers call back once a frame: here every so many milliseconds of a clock that the tests turn. */
async function framesEvery(ms: number, hidden = false) {
  vi.resetModules();
  const heard = new Map<string, () => void>();
  vi.stubGlobal('requestAnimationFrame', (act: () => void) => setTimeout(act, ms));
  vi.stubGlobal('document', {
    hidden,
    addEventListener: (kind: string, act: () => void) => heard.set(kind, act),
  });
  vi.stubGlobal('addEventListener', (kind: string, act: () => void) => heard.set(kind, act));
  return { ...(await import('../src/shared/frame')), heard };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('what is shown frame by frame', () => {
  it('a burst is shown once, and what is painted for it belongs to the same frame', async () => {
    const { inNextFrame, paintNext } = await framesEvery(16);
    const done: string[] = [];
    const paint = () => void done.push('painted');
    const change = () => {
      done.push('changed');
      paintNext(paint);
    };
    for (let times = 0; times < 5; times += 1) inNextFrame(change);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(16);
    expect(done).toEqual(['changed', 'painted']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(done).toHaveLength(2);
  });

  it('where frames are cheap nothing waits for more than the next', async () => {
    const { inNextFrame } = await framesEvery(16);
    const at: number[] = [];
    for (let times = 0; times < 10; times += 1) {
      inNextFrame(() => at.push(performance.now()));
      await vi.advanceTimersByTimeAsync(16);
    }
    expect(at).toHaveLength(10);
  });

  it('where they are dear they come less often, and not just when a key was pressed', async () => {
    const { inNextFrame, heard } = await framesEvery(100);
    const at: number[] = [];
    const show = () => new Promise<void>(shown => inNextFrame(() => shown(void at.push(performance.now()))));
    for (let times = 0; times < 6; times += 1) {
      const shown = show();
      await vi.advanceTimersByTimeAsync(2000);
      await shown;
    }
    const before = performance.now();
    const two = Promise.all([show().then(show)]);
    await vi.advanceTimersByTimeAsync(2000);
    await two;
    const [first = 0, second = 0] = at.slice(-2);
    expect(first - before).toBeLessThanOrEqual(100);
    expect(second - first).toBeGreaterThan(300);
    const shown = show();
    heard.get('keydown')?.();
    const pressed = performance.now();
    await vi.advanceTimersByTimeAsync(2000);
    await shown;
    expect((at.at(-1) ?? 0) - pressed).toBeGreaterThan(150);
  });

  it('a page that nobody sees knows what goes on, and is painted when it is seen again', async () => {
    const { inNextFrame, paintNext, heard } = await framesEvery(16, true);
    const done: string[] = [];
    inNextFrame(() => {
      done.push('changed');
      paintNext(() => done.push('painted'));
    });
    await vi.advanceTimersByTimeAsync(300);
    expect(done).toEqual(['changed']);
    Object.assign(document, { hidden: false });
    heard.get('visibilitychange')?.();
    await vi.advanceTimersByTimeAsync(16);
    expect(done).toEqual(['changed', 'painted']);
  });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, Problem } from '../src/shared/api';
import { type Entry, flush } from '../src/street/outbox';
import { wire } from '../src/street/outbox_wire';

/** A network that is there and carries nothing; it lets go when the page does. */
const silent = (_: string, { signal }: { signal?: AbortSignal }): Promise<Response> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });

const timeout = AbortSignal.timeout.bind(AbortSignal);
/** The limits that were asked for; they all pass at once. */
function hurried(): number[] {
  const asked: number[] = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(limit_ms => {
    asked.push(limit_ms);
    return timeout(1);
  });
  return asked;
}

/** Why it came to nothing. */
const failureOf = (asked: Promise<unknown>): Promise<Problem> =>
  asked.then(
    answer => Promise.reject(new Error(`it was answered: ${answer}`)),
    (error: unknown) => error as Problem,
  );

const ENTRY: Entry = {
  id: 'one',
  order: 1,
  madeAt: '2026-11-21T06:00:00Z',
  kind: 'finding',
  label: '占道',
  path: '/findings',
  body: { client_id: 'one' },
  shots: [],
  tries: 0,
};

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('an answer that never comes', () => {
  it('is the same as no network', async () => {
    vi.stubGlobal('fetch', silent);
    hurried();
    const told = await failureOf(ask('/tasks'));
    expect(told).toBeInstanceOf(Problem);
    expect(told.isOffline).toBe(true);
  });

  it('is the same when it breaks off in its middle', async () => {
    const begun = (_: string, { signal }: { signal: AbortSignal }) =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            start(stream) {
              stream.enqueue(new TextEncoder().encode('[1,'));
              signal.addEventListener('abort', () => stream.error(signal.reason));
            },
          }),
        ),
      );
    vi.stubGlobal('fetch', begun);
    hurried();
    const told = await failureOf(ask('/tasks'));
    expect(told.isOffline).toBe(true);
  });

  it('is not what the caller hears who took the question back himself', async () => {
    vi.stubGlobal('fetch', silent);
    const taken = new AbortController();
    const asked = failureOf(ask('/tasks', { signal: taken.signal }));
    taken.abort();
    expect((await asked).name).toBe('AbortError');
  });

  it('leaves what waits on the phone for the next turn', async () => {
    vi.stubGlobal('fetch', silent);
    hurried();
    const kept = new Map([[ENTRY.id, ENTRY]]);
    const shelf = {
      all: async () => [...kept.values()],
      put: async (entry: Entry) => void kept.set(entry.id, entry),
      remove: async (id: string) => void kept.delete(id),
    };
    expect(await flush(shelf, wire)).toEqual({ sent: 0, left: 1 });
    expect(kept.get('one')).toMatchObject({ tries: 1 });
    expect(kept.get('one')?.refused).toBeUndefined();
  });
});

describe('patience', () => {
  it('is longer the more a photograph weighs, and no file of an import is hurried', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ name: 'a.jpg' })));
    const asked = hurried();
    const blob = new Blob([new Uint8Array(600_000)], { type: 'image/jpeg' });
    expect(await wire.photograph({ id: 'shot', blob })).toBe('a.jpg');
    await ask('/imports', { method: 'POST', body: new FormData() });
    await ask('/tasks');
    expect(asked).toEqual([180_000, 120_000]);
  });
});

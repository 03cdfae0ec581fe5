import { describe, expect, it } from 'vitest';
import { Problem, problemIn } from '../src/shared/api';
import { type Entry, flush, type Shelf, type Wire } from '../src/street/outbox';

/** A shelf that keeps copies, as a database does: what is changed and not put back is not kept. */
function listShelf(entries: Entry[]): Shelf & { kept: Map<string, Entry> } {
  const kept = new Map(entries.map(one => [one.id, structuredClone(one)]));
  return {
    kept,
    all: async () => [...kept.values()].map(one => structuredClone(one)),
    put: async entry => {
      kept.set(entry.id, structuredClone(entry));
    },
    remove: async id => {
      kept.delete(id);
    },
  };
}

function entry(order: number, shots = 0): Entry {
  return {
    id: `entry-${order}`,
    order,
    madeAt: '2026-11-21T06:00:00Z',
    kind: 'finding',
    label: '占道',
    path: '/findings',
    body: { client_id: `entry-${order}` },
    shots: Array.from({ length: shots }, (_, number) => ({
      id: `shot-${order}-${number}`,
      blob: new Blob(),
    })),
    tries: 0,
  };
}

/** A server that knows ids, and a network that is cut at any request, before or after the server heard it. */
class Server implements Wire {
  readonly findings: string[] = [];
  readonly photographs = new Map<string, string>();
  uploads = 0;
  constructor(private readonly cut: () => 'before' | 'after' | null) {}

  async photograph(shot: { id: string }): Promise<string> {
    const when = this.cut();
    if (when === 'before') throw new Problem(0, {});
    this.uploads += 1;
    const name = this.photographs.get(shot.id) ?? `photo-${this.photographs.size}`;
    this.photographs.set(shot.id, name);
    if (when === 'after') throw new Problem(0, {});
    return name;
  }

  async post(_path: string, body: Record<string, unknown>): Promise<void> {
    const when = this.cut();
    if (when === 'before') throw new Problem(0, {});
    const id = String(body.client_id);
    if (id === 'entry-3') {
      throw new Problem(409, {
        type: '/problems/already-taken',
        title: 'Somebody was faster',
        detail: 'Reload it.',
      });
    }
    if (!this.findings.includes(id)) this.findings.push(id);
    if (when === 'after') throw new Problem(0, {});
  }
}

/** What the page makes of an answer that holds this status and no document. */
const problemFrom = (status: number): Promise<Problem> =>
  problemIn({ status, statusText: '', json: () => Promise.reject(new SyntaxError()) } as unknown as Response);

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('the outbox', () => {
  it('brings every entry over once and in order, wherever the network is cut', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const chance = seeded(seed);
      const shelf = listShelf(Array.from({ length: 25 }, (_, number) => entry(number + 10, number % 3)));
      const server = new Server(() => (chance() < 0.3 ? 'before' : chance() < 0.3 ? 'after' : null));
      for (let visit = 0; visit < 400 && shelf.kept.size > 0; visit += 1) await flush(shelf, server);
      expect(shelf.kept.size).toBe(0);
      expect(server.findings).toEqual(Array.from({ length: 25 }, (_, number) => `entry-${number + 10}`));
      expect(server.photographs.size).toBe(24);
    }
  });

  it('keeps what the server refused, says why, and lets the others go on', async () => {
    const shelf = listShelf([entry(1), entry(3), entry(5)]);
    const server = new Server(() => null);
    expect(await flush(shelf, server)).toEqual({ sent: 2, left: 1 });
    expect(server.findings).toEqual(['entry-1', 'entry-5']);
    expect(shelf.kept.get('entry-3')?.refused).toEqual({
      title: 'Somebody was faster',
      detail: 'Reload it.',
    });
    expect(await flush(shelf, server)).toEqual({ sent: 0, left: 1 });
  });

  it('takes a half answer, or that of a sign-in page in between, for no answer of the server', async () => {
    const shelf = listShelf([entry(10)]);
    for (const half of [problemFrom(20), problemFrom(403), problemFrom(502)]) {
      const wire: Wire = { photograph: async () => '', post: async () => Promise.reject(await half) };
      expect(await flush(shelf, wire)).toEqual({ sent: 0, left: 1 });
      expect(shelf.kept.get('entry-10')?.refused).toBeUndefined();
    }
    const tooLarge: Wire = {
      photograph: async () => '',
      post: async () => Promise.reject(await problemFrom(413)),
    };
    await flush(shelf, tooLarge);
    expect(shelf.kept.get('entry-10')?.refused).toBeDefined();
  });

  it('does not send a photograph again once the server has named it', async () => {
    const shelf = listShelf([entry(1, 3)]);
    let calls = 0;
    const server = new Server(() => {
      calls += 1;
      return calls === 3 ? 'before' : null;
    });
    await flush(shelf, server);
    expect(shelf.kept.get('entry-1')?.shots.map(shot => shot.name)).toEqual([
      'photo-0',
      'photo-1',
      undefined,
    ]);
    await flush(shelf, server);
    expect(server.uploads).toBe(3);
    expect(server.findings).toEqual(['entry-1']);
  });

  it('sends nothing that came later before something that could not reach the server', async () => {
    const shelf = listShelf([entry(2), entry(1)]);
    const server = new Server(() => 'before');
    expect(await flush(shelf, server)).toEqual({ sent: 0, left: 2 });
    expect(shelf.kept.get('entry-2')?.tries).toBe(0);
    expect(shelf.kept.get('entry-1')?.tries).toBe(1);
  });

  it('sends what waits although the phone has no room to note how far it came', async () => {
    const shelf = listShelf([entry(10, 2), entry(11)]);
    const full: Shelf = { ...shelf, put: () => Promise.reject(new DOMException('', 'QuotaExceededError')) };
    const server = new Server(() => null);
    expect(await flush(full, server)).toEqual({ sent: 2, left: 0 });
    expect(server.findings).toEqual(['entry-10', 'entry-11']);
  });

  it('sends nothing under another name', async () => {
    const shelf = listShelf([
      { ...entry(10), account: 'anna' },
      { ...entry(11), account: 'boris' },
    ]);
    const server = new Server(() => null);
    await flush(shelf, server, 'boris');
    expect(server.findings).toEqual(['entry-11']);
    expect([...shelf.kept.keys()]).toEqual(['entry-10']);
  });

  it('turns a step that came too late into evidence, and says so until it was read', async () => {
    const late = { ...entry(10, 1), path: '/tasks/t-1/resolve', label: '整治 · 占道', kind: 'step' as const };
    const shelf = listShelf([
      { ...late, body: { client_id: 'entry-10', outcome: 'rectified', reason: '已清' } },
    ]);
    const posted: [string, Record<string, unknown>][] = [];
    const wire: Wire = {
      photograph: async () => 'photo-1',
      post: async (path, body) => {
        posted.push([path, body]);
        if (path.endsWith('/resolve')) {
          throw new Problem(409, { type: '/problems/already-taken', title: 'Somebody was faster' });
        }
      },
    };
    await flush(shelf, wire);
    await flush(shelf, wire);
    expect(posted.map(([path]) => path)).toEqual(['/tasks/t-1/resolve', '/tasks/t-1/evidence']);
    expect(posted[1]?.[1]).toMatchObject({
      client_id: 'entry-10-late',
      reason: '整治 · 占道 · 已清',
      photographs: ['photo-1'],
    });
    expect(shelf.kept.get('entry-10')).toMatchObject({ kept: true, shots: [] });
  });

  it('uploads a photograph again that the server may have forgotten', async () => {
    const old = new Date(Date.now() - 72 * 3_600_000).toISOString();
    const one = entry(10, 1);
    one.shots = one.shots.map(shot => ({ ...shot, name: 'photo-old', namedAt: old }));
    const server = new Server(() => null);
    await flush(listShelf([one]), server);
    expect(server.uploads).toBe(1);
  });
});

import { Problem } from '../shared/api';

/** What was done on the phone and is not yet known to be with the server: kept in order, sent in order. */

export interface Shot {
  id: string;
  blob: Blob;
  /** The server's name for it, once it is there. */
  name?: string;
}

export interface Entry {
  id: string;
  /** Order of making: what was done first is sent first. */
  order: number;
  madeAt: string;
  kind: 'finding' | 'step' | 'act';
  /** What the person reads in the list. */
  label: string;
  path: string;
  body: Record<string, unknown>;
  shots: Shot[];
  tries: number;
  /** Why the server refused it; it then waits for the person, and the others go on. */
  refused?: { title: string; detail: string };
}

/** Where entries live. The browser's own database in the page; a list in tests. */
export interface Shelf {
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<void>;
  remove(id: string): Promise<void>;
}

/** How entries reach the server. */
export interface Wire {
  photograph(shot: Shot): Promise<string>;
  post(path: string, body: Record<string, unknown>): Promise<unknown>;
}

export type Sending = 'sent' | 'refused' | 'unreachable';

/** Statuses after which the same request may succeed later. */
const TRY_AGAIN = new Set([0, 401, 408, 425, 429, 500, 502, 503, 504]);

/**
 * Send one entry: photographs first, each remembered as soon as the server has it. Nothing leaves the shelf
 * before the server has acknowledged it.
 */
export async function sendEntry(entry: Entry, shelf: Shelf, wire: Wire): Promise<Sending> {
  try {
    for (const shot of entry.shots) {
      if (shot.name) continue;
      shot.name = await wire.photograph(shot);
      await shelf.put(entry);
    }
    const photographs = entry.shots.map(shot => shot.name);
    const body = photographs.length > 0 ? { ...entry.body, photographs } : entry.body;
    await wire.post(entry.path, body);
  } catch (error) {
    entry.tries += 1;
    if (error instanceof Problem && !TRY_AGAIN.has(error.status)) {
      entry.refused = { title: error.title, detail: error.detail };
      await shelf.put(entry);
      return 'refused';
    }
    await shelf.put(entry);
    return 'unreachable';
  }
  await shelf.remove(entry.id);
  return 'sent';
}

/** Send everything that waits, in the order of making; stop at the first that cannot reach the server. */
export async function flush(shelf: Shelf, wire: Wire): Promise<{ sent: number; left: number }> {
  let sent = 0;
  const waiting = (await shelf.all()).sort((one, other) => one.order - other.order);
  for (const entry of waiting) {
    if (entry.refused) continue;
    const came = await sendEntry(entry, shelf, wire);
    if (came === 'unreachable') break;
    if (came === 'sent') sent += 1;
  }
  return { sent, left: (await shelf.all()).length };
}

import { signal } from '@preact/signals';
import { ask, Problem } from '../shared/api';
import { type Entry, flush, type Shot, type Wire } from './outbox';
import { phoneShelf } from './shelf';

/** Keeps what is done, sends it when it can, and says how many wait. */

export const waiting = signal<readonly Entry[]>([]);
export const online = signal(navigator.onLine);

const LOOK_EVERY_MS = 15_000;
const LOCK = 'yilu-outbox';

const wire: Wire = {
  async photograph(shot: Shot) {
    const response = await fetch(`/api/v1/photographs/${shot.id}`, {
      method: 'PUT',
      headers: { 'content-type': shot.blob.type || 'image/jpeg' },
      body: shot.blob,
      credentials: 'same-origin',
    }).catch(() => {
      throw new Problem(0, {});
    });
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
    return ((await response.json()) as { name: string }).name;
  },
  post: (path, body) => ask(path, { method: 'POST', body }),
};

async function look(): Promise<void> {
  waiting.value = (await phoneShelf.all()).sort((one, other) => one.order - other.order);
}

let onSent: () => void = () => undefined;

/** Be told when something has reached the server. */
export function whenSent(act: () => void): void {
  onSent = act;
}

/** Send what waits. Two tabs never send the same entry twice: only one holds the lock. */
export async function sendNow(): Promise<void> {
  const run = async () => {
    const { sent } = await flush(phoneShelf, wire);
    await look();
    if (sent > 0) onSent();
  };
  if (navigator.locks) await navigator.locks.request(LOCK, run);
  else await run();
}

type Made = Pick<Entry, 'kind' | 'label' | 'path' | 'body'> & { shots?: Shot[] };

/** Keep an act on the phone, then try to send it. True when it reached the server at once. */
export async function keep({ kind, label, path, body, shots = [] }: Made): Promise<boolean> {
  const id = crypto.randomUUID();
  const entry: Entry = {
    id,
    order: Date.now(),
    madeAt: new Date().toISOString(),
    kind,
    label,
    path,
    body: { ...body, client_id: id },
    shots,
    tries: 0,
  };
  await phoneShelf.put(entry);
  await sendNow();
  return !waiting.value.some(one => one.id === id);
}

export async function discard(id: string): Promise<void> {
  await phoneShelf.remove(id);
  await look();
}

export async function retry(entry: Entry): Promise<void> {
  const { refused: _, ...again } = entry;
  await phoneShelf.put(again);
  await sendNow();
}

/** Begin to look after the outbox; once in the page. */
export function startSending(): void {
  void look().then(sendNow);
  addEventListener('online', () => {
    online.value = true;
    void sendNow();
  });
  addEventListener('offline', () => {
    online.value = false;
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void sendNow();
  });
  setInterval(() => waiting.value.length > 0 && void sendNow(), LOOK_EVERY_MS);
}

import { signal } from '@preact/signals';
import { Problem } from '../shared/api';
import { newId } from '../shared/ids';
import { readSession, session } from '../shared/session';
import { type Entry, flush, isOf, type Shot, sendEntry, type Wire } from './outbox';
import { OUTBOX, wire } from './outbox_wire';
import { phoneShelf } from './shelf';
import { lastAccount } from './whose';

/** Keeps what is done, sends it when it can, and says how many wait. */

export const waiting = signal<readonly Entry[]>([]);
export const online = signal(navigator.onLine);

/** Background sync is Chromium's; TypeScript does not know it. */
type WithSync = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };

const LOOK_EVERY_MS = 15_000;
const AGAIN_SOON_MS = 2_000;
/** What is kept on the phone is safe: after so long its owner goes on, and it is sent behind his back. */
const THUMB_PATIENCE_MS = 8_000;

/** After days without a network the session is over: then somebody has to sign in before anything goes. */
const watched: Wire = {
  photograph: shot => wire.photograph(shot).catch(seenBy),
  post: (path, body) => wire.post(path, body).catch(seenBy),
};

function seenBy(error: unknown): never {
  if (error instanceof Problem && error.status === 401) void readSession();
  throw error;
}

async function look(): Promise<void> {
  const all = await phoneShelf.all();
  waiting.value = all
    .filter(entry => isOf(entry, session.value?.account ?? lastAccount.value))
    .sort((one, other) => one.order - other.order);
}

/** Where an act goes that the phone cannot keep: its storage is full. */
export const shelfFull = signal(false);

let onSent: () => void = () => undefined;

/** Be told when something has reached the server. */
export function whenSent(act: () => void): void {
  onSent = act;
}

let underWay: Promise<void> | null = null;
let afterIt: Promise<void> | null = null;

/** Send what waits: now, or where it is being sent already once more after that, and never oftener. */
export function sendNow(): Promise<void> {
  if (!underWay) {
    underWay = sendOnce().finally(() => {
      underWay = null;
    });
    return underWay;
  }
  afterIt ??= underWay
    .catch(() => undefined)
    .then(() => {
      afterIt = null;
      return sendNow();
    });
  return afterIt;
}

/** Two tabs never send the same entry twice: only one holds the lock. */
async function sendOnce(): Promise<void> {
  const run = async () => {
    if (session.value && !session.value.signed_in) return look();
    const { sent, left } = await flush(phoneShelf, watched, session.value?.account ?? null, look);
    await look();
    if (sent > 0) onSent();
    // A network that comes and goes: what got through is a reason to try again soon.
    if (sent > 0 && left > 0) setTimeout(() => void sendNow(), AGAIN_SOON_MS);
  };
  if (navigator.locks) await navigator.locks.request(OUTBOX, run);
  else await run();
}

type Made = Pick<Entry, 'kind' | 'label' | 'path' | 'body'> & { shots?: Shot[] };

/** It reached the server, waits on the phone, was refused and waits for the person, or found no room at all. */
export type Came = 'sent' | 'kept' | 'refused' | 'full';

let lastOrder = 0;

/** Order of making; two acts in one millisecond, or a clock set back, must not change places. */
function nextOrder(): number {
  lastOrder = Math.max(Date.now(), lastOrder + 1, ...waiting.value.map(one => one.order + 1));
  return lastOrder;
}

/**
 * Keep an act on the phone, then try to send it. Where the phone had no room and the server could not be reached
 * either, nothing is lost as long as the form stays open.
 */
export async function keep({ kind, label, path, body, shots = [] }: Made): Promise<Came> {
  const id = newId();
  const entry: Entry = {
    id,
    order: nextOrder(),
    madeAt: new Date().toISOString(),
    kind,
    label,
    path,
    body: { ...body, client_id: id },
    shots,
    tries: 0,
    account: session.value?.account ?? lastAccount.value,
  };
  try {
    await phoneShelf.put(entry);
  } catch {
    return (await sendWithoutKeeping(entry)) ? 'sent' : 'full';
  }
  shelfFull.value = false;
  const sending = sendNow();
  await Promise.race([sending, new Promise(resolve => setTimeout(resolve, THUMB_PATIENCE_MS))]);
  await look();
  askForBackgroundSync();
  const waits = waiting.value.find(one => one.id === id);
  return waits ? (waits.refused || waits.kept ? 'refused' : 'kept') : 'sent';
}

/** Where the browser knows how: what waits goes out when the network returns, even if the page is closed by then. */
function askForBackgroundSync(): void {
  if (waiting.value.length === 0 || !('serviceWorker' in navigator)) return;
  void navigator.serviceWorker.ready
    .then(registration => (registration as WithSync).sync?.register(OUTBOX))
    .catch(() => undefined);
}

/** The phone has no room: what waits goes first, if it can, and this one straight after. */
async function sendWithoutKeeping(entry: Entry): Promise<boolean> {
  const nowhere = { all: async () => [], put: async () => undefined, remove: async () => undefined };
  await sendNow();
  const inOrder = waiting.value.every(one => one.refused || one.kept);
  const gone = inOrder && (await sendEntry(entry, nowhere, watched)) === 'sent';
  shelfFull.value = !gone;
  return gone;
}

export async function discard(id: string): Promise<void> {
  await phoneShelf.remove(id);
  await look();
}

/** What was discarded stands in the list again, with why it was refused. */
export async function putBack(entry: Entry): Promise<void> {
  await phoneShelf.put(entry);
  await look();
}

export async function retry(entry: Entry): Promise<void> {
  const { refused: _, kept: __, ...again } = entry;
  await phoneShelf.put(again);
  await sendNow();
}

/** Begin to look after the outbox; once in the page. */
export function startSending(): void {
  void look().then(sendNow, () => undefined);
  // A browser that is short of room asks before it clears what was kept.
  void navigator.storage?.persist?.();
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

import { signal } from '@preact/signals';
import { ACT_PATIENCE_MS, ask, Problem } from '../shared/api';
import { language } from '../shared/language';
import type { Shot } from '../street/outbox';
import { type AskedKind, sendPhotograph, type Taken } from './api';
import type { Draft } from './draft';
import { keep, kept } from './shelf';
import { dropTicket, ticketInHand } from './ticket';

/** Sending what a resident wrote: it waits on his phone until the server has it, and never goes in twice. */

export interface Waiting {
  id: string;
  madeAt: string;
  body: Record<string, unknown> & { kind: AskedKind; category: string };
  shots: Shot[];
  draft: Draft;
  /** Why the server will not have it as it is: the person mends it. */
  refused?: string;
}

export interface Mine {
  number: number;
  tracking: string;
  kind: AskedKind | null;
  category: string;
  sentAt: string;
  /** The state that was last looked at, to say what is new. */
  seen: string;
}

export const waiting = signal<readonly Waiting[]>([]);
export const mine = signal<readonly Mine[]>([]);
/** When the network may be tried again after a refusal for too many. */
const TRY_AGAIN = new Set([0, 408, 425, 429, 500, 502, 503, 504]);
const LOOK_EVERY_MS = 15_000;
const MOST_KEPT = 60;

/** A new id, also where the page came without HTTPS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

export async function remember(one: Mine): Promise<void> {
  mine.value = [one, ...mine.value.filter(other => other.tracking !== one.tracking)].slice(0, MOST_KEPT);
  await keep('mine', mine.value);
}

export async function forget(tracking: string): Promise<void> {
  mine.value = mine.value.filter(other => other.tracking !== tracking);
  await keep('mine', mine.value);
}

async function setWaiting(list: readonly Waiting[]): Promise<boolean> {
  waiting.value = list;
  return keep('waiting', list);
}

/** Put it on the shelf and try at once. What came of it; null where it waits for the network. */
export async function send(draft: Draft, at: { lon: number; lat: number }): Promise<Taken | null> {
  const entry: Waiting = {
    id: newId(),
    madeAt: new Date().toISOString(),
    shots: draft.shots,
    draft,
    body: {
      kind: draft.kind,
      category: draft.category,
      service: draft.service,
      visit: draft.kind === 'visit' ? draft.visit : null,
      lon: at.lon,
      lat: at.lat,
      place: draft.placeWords.trim(),
      description: draft.description.trim(),
      contact: draft.phone.trim()
        ? { name: draft.name.trim() || '-', phone: draft.phone.trim(), tell: draft.tell }
        : null,
      language: language.value,
    },
  };
  await setWaiting([...waiting.value, entry]);
  return deliver(entry);
}

let underWay: Promise<unknown> = Promise.resolve();

/** One after the other, so that a timer and a thumb never send the same twice. */
function deliver(entry: Waiting): Promise<Taken | null> {
  const turn = underWay.then(() => attempt(entry));
  underWay = turn.catch(() => undefined);
  return turn;
}

async function attempt(entry: Waiting, again = false): Promise<Taken | null> {
  if (!waiting.value.some(one => one.id === entry.id)) return null;
  try {
    const taken = await deliverOnce(entry);
    dropTicket();
    await remember({
      number: taken.number,
      tracking: taken.tracking,
      kind: entry.body.kind,
      category: entry.body.category,
      sentAt: entry.madeAt,
      seen: 'reported',
    });
    await setWaiting(waiting.value.filter(one => one.id !== entry.id));
    return taken;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 428 && !again) {
      dropTicket();
      return attempt({ ...entry, shots: entry.shots.map(({ id, blob }) => ({ id, blob })) }, true);
    }
    if (!TRY_AGAIN.has(error.status)) {
      await setWaiting(waiting.value.filter(one => one.id !== entry.id));
      throw error;
    }
    if (error.status === 429) throw error;
    return null;
  }
}

async function deliverOnce(entry: Waiting): Promise<Taken> {
  const ticket = await ticketInHand();
  const photographs: string[] = [];
  for (const shot of entry.shots) photographs.push(await sendPhotograph(ticket, shot.id, shot.blob));
  return ask<Taken>('/resident/reports', {
    method: 'POST',
    patience_ms: ACT_PATIENCE_MS,
    body: { ...entry.body, ticket, client_id: entry.id, found_at: entry.madeAt, photographs },
  });
}

/** Try everything that waits; told of what the server would not have. */
export async function sendWaiting(onRefused: (problem: Problem, entry: Waiting) => void): Promise<void> {
  for (const entry of waiting.value) {
    try {
      await deliver(entry);
    } catch (error) {
      if (error instanceof Problem) onRefused(error, entry);
    }
  }
}

/** Begin to look after what waits; once in the page. */
export async function startSending(onRefused: (problem: Problem, entry: Waiting) => void): Promise<void> {
  mine.value = (await kept<Mine[]>('mine')) ?? [];
  waiting.value = (await kept<Waiting[]>('waiting')) ?? [];
  const go = () => void (waiting.value.length > 0 && sendWaiting(onRefused));
  addEventListener('online', go);
  document.addEventListener('visibilitychange', () => !document.hidden && go());
  setInterval(go, LOOK_EVERY_MS);
  go();
}

import { computed, effect, signal } from '@preact/signals';
import { ask } from '../shared/api';
import { newId } from '../shared/ids';
import { say } from '../shared/parts/Toast';
import type { FeedEvent } from './feed';
import { cases, form, moment, openId } from './state';
import { wallWords } from './words';

/** The other operators' hands: who has which case open, who takes it on, who just changed it. */

export interface Hand {
  page: string;
  name: string;
  case: string;
  taken: boolean;
}

const AGAIN_MS = 15_000;
/** Bursts of opening one case after the other are told once. */
const GATHER_MS = 250;
const page = newId();

/** The others' hands, as they were last told. */
const held = signal<readonly Hand[]>([]);
/** The cases that this page's operator takes on. */
export const mine = signal<ReadonlySet<string>>(new Set());

/** The others' hands, by case. */
export const handsOn = computed(() => {
  const found = new Map<string, Hand[]>();
  for (const hand of held.value) {
    const known = found.get(hand.case);
    if (known) known.push(hand);
    else found.set(hand.case, [hand]);
  }
  return found;
});

/** Take a case on so that the others see it, or let it go; whoever had it before is told and lets go. */
export function take(id: string): void {
  const one = cases.get(id);
  if (!one) return;
  const next = new Set(mine.value);
  const letsGo = next.delete(id);
  if (!letsGo) next.add(id);
  untold = { number: one.number, letsGo };
  mine.value = next;
}
/** What this page's operator did last and the others have not been told yet. */
let untold: { number: number; letsGo: boolean } | null = null;

/** What the stream or an answer says of all hands. */
export function hearHands(hands: readonly Hand[]): void {
  const said = (hand: Hand) => `${hand.page} ${hand.case} ${hand.taken}`;
  const others = hands.filter(hand => hand.page !== page);
  const had = new Set(held.peek().map(said));
  if (had.size === others.length && others.every(hand => had.has(said(hand)))) return;
  held.value = others;
  for (const hand of others) {
    const isNews = hand.taken && !had.has(said(hand));
    if (!isNews || !mine.peek().has(hand.case)) continue;
    const next = new Set(mine.peek());
    next.delete(hand.case);
    mine.value = next;
    say(wallWords().takenOver(hand.name, cases.get(hand.case)?.number ?? 0));
  }
}

interface Change {
  by: string;
  action: string;
  at: number;
}
const SHOWN_MS = 60_000;
const KEPT = 500;
const changes = signal<ReadonlyMap<string, Change>>(new Map());

/** Remember which person changed which case last; what the system did by itself is in the history. */
export function hearChanges(events: readonly FeedEvent[]): void {
  const next = new Map(changes.peek());
  for (const event of events) {
    if (event.actor_post === 'system') continue;
    next.delete(event.case);
    next.set(event.case, { by: event.by, action: event.action, at: Date.parse(event.at) });
  }
  for (const id of next.keys()) {
    if (next.size <= KEPT) break;
    next.delete(id);
  }
  changes.value = next;
}

/** Who changed it within the last minute. */
export function justChanged(id: string): Change | null {
  const change = changes.value.get(id);
  return change?.by && moment.value - change.at < SHOWN_MS ? change : null;
}

/** Tell the server what this page holds, at once when it changes and again while it is open. */
export function tellHands(): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    // What the wall leads the room's eyes to is in nobody's hands.
    const open = form.peek() === 'wall' ? null : openId.peek();
    const body = { open, taken: [...mine.peek()].filter(id => cases.get(id)) };
    const [did, t] = [untold, wallWords()];
    untold = null;
    ask<Hand[]>(`/hands/${page}`, { method: 'PUT', body }).then(
      hands => {
        hearHands(hands);
        if (did) say(did.letsGo ? t.letGo(did.number) : t.taken(did.number));
      },
      () => did && say(t.notTold(did.number)),
    );
  };
  const stop = effect(() => {
    void openId.value;
    void mine.value;
    clearTimeout(waiting);
    waiting = setTimeout(tell, GATHER_MS);
  });
  const timer = setInterval(tell, AGAIN_MS);
  const leave = () =>
    void ask(`/hands/${page}`, { method: 'DELETE', keepalive: true }).catch(() => undefined);
  addEventListener('pagehide', leave);
  return () => {
    stop();
    clearTimeout(waiting);
    clearInterval(timer);
    removeEventListener('pagehide', leave);
  };
}

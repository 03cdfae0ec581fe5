import type { CaseItem, CaseState } from '../shared/case_api';
import type { MarkState } from '../shared/case_states';
import { timesOf } from './case_times';

/** How a case stands at a moment: what its mark says, and where it belongs in the queue. */

const ENDED: ReadonlySet<CaseState> = new Set(['closed', 'dismissed', 'merged']);
const SETTLED: ReadonlySet<CaseState> = new Set(['resolved', 'closed', 'dismissed', 'merged']);
const WAITING: ReadonlySet<CaseState> = new Set(['reported', 'filed', 'offered']);

export const isEnded = (one: CaseItem) => ENDED.has(one.state);
export const isSettled = (one: CaseItem) => SETTLED.has(one.state);
const standsStill = (one: CaseItem) => one.clock === 'paused' || one.clock === 'suspended';
/** Nobody is at it yet; what was put aside on purpose waits for nobody. */
export const isWaiting = (one: CaseItem) => WAITING.has(one.state) && !standsStill(one);
export const isUnderWay = (one: CaseItem) => one.state === 'accepted' || one.state === 'on_site';

/** Ended before a moment: of no more interest to a page that shows what is open and what today brought. */
export function endedBefore(one: CaseItem, moment: number): boolean {
  return isEnded(one) && Date.parse(one.closed_at ?? one.resolved_at ?? one.reported_at) < moment;
}

/** Nearly late: less than a quarter of the time left, and less than half a day. */
const SOON_SHARE = 0.25;
const SOON_AT_MOST_MS = 12 * 3_600_000;

/** From when on a case that is due then counts as nearly late. */
export function soonFrom(one: CaseItem, due: number): number {
  const { filed, reported } = timesOf(one);
  return due - Math.min((due - (filed ?? reported)) * SOON_SHARE, SOON_AT_MOST_MS);
}

/** How a case stands at a moment, and until when it stands so by itself. */
function judge(one: CaseItem, now: number): [mark: MarkState, until: number] {
  if (SETTLED.has(one.state)) return ['settled', Number.POSITIVE_INFINITY];
  if (standsStill(one)) return ['paused', Number.POSITIVE_INFINITY];
  const { due } = timesOf(one);
  const calm = one.state === 'offered' ? 'offered' : isUnderWay(one) ? 'underway' : 'new';
  if (due === null) return [calm, Number.POSITIVE_INFINITY];
  if (due <= now) return ['late', Number.POSITIVE_INFINITY];
  const soon = soonFrom(one, due);
  return now > soon ? ['soon', due] : [calm, soon];
}

/** New, offered and late come first; what only waits for its check comes last. */
const PLACE: Record<MarkState, number> = {
  late: 0,
  new: 1,
  offered: 2,
  soon: 3,
  underway: 4,
  paused: 5,
  settled: 6,
};

export interface Placed {
  one: CaseItem;
  mark: MarkState;
}

/** With its place in the queue as one number: by mark, then the graver, then the sooner due. */
export interface RankedCase extends Placed {
  rank: number;
}

const SEVERITIES = 8;
/** Above every moment in milliseconds until the year 2109. */
const MOMENTS = 2 ** 42;

function rankOf(one: CaseItem, mark: MarkState): number {
  const { due, reported } = timesOf(one);
  return (PLACE[mark] * SEVERITIES + (5 - one.severity)) * MOMENTS + (due ?? reported);
}

interface Judged {
  placed: RankedCase;
  from: number;
  until: number;
}
const judged = new WeakMap<CaseItem, Judged>();

/** How a case stands: the same object for as long as nothing about it changes, so that lists can tell. */
export function placedOf(one: CaseItem, now: number): RankedCase {
  const known = judged.get(one);
  if (known && known.from <= now && now < known.until) return known.placed;
  const [mark, until] = judge(one, now);
  const placed = known?.placed.mark === mark ? known.placed : { one, mark, rank: rankOf(one, mark) };
  judged.set(one, { placed, from: now, until });
  return placed;
}

export const markOf = (one: CaseItem, now: number): MarkState => placedOf(one, now).mark;

export const byUrgency = (left: RankedCase, right: RankedCase) =>
  left.rank - right.rank || left.one.number - right.one.number;

/** Seconds until the deadline, less than nothing when it passed; null where no clock runs. */
export function secondsLeft(one: CaseItem, now: number): number | null {
  const { due } = timesOf(one);
  return due === null || one.clock !== 'running' ? null : (due - now) / 1000;
}

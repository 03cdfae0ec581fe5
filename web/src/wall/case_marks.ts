import type { CaseItem, CaseState } from '../shared/case_api';
import type { MarkState } from '../shared/case_states';

/** How a case stands at a moment: what its mark says, and where it belongs in the queue. */

const ENDED: ReadonlySet<CaseState> = new Set(['closed', 'dismissed', 'merged']);
const SETTLED: ReadonlySet<CaseState> = new Set(['resolved', 'closed', 'dismissed', 'merged']);
const WAITING: ReadonlySet<CaseState> = new Set(['reported', 'filed', 'offered']);

export const isEnded = (one: CaseItem) => ENDED.has(one.state);
export const isSettled = (one: CaseItem) => SETTLED.has(one.state);
export const isWaiting = (one: CaseItem) => WAITING.has(one.state);
export const isUnderWay = (one: CaseItem) => one.state === 'accepted' || one.state === 'on_site';

/** Ended before a moment: of no more interest to a page that shows what is open and what today brought. */
export function endedBefore(one: CaseItem, moment: number): boolean {
  return isEnded(one) && Date.parse(one.closed_at ?? one.resolved_at ?? one.reported_at) < moment;
}

/** Nearly late: less than a quarter of the time left, and less than half a day. */
const SOON_SHARE = 0.25;
const SOON_AT_MOST_MS = 12 * 3_600_000;

export const dueAt = (one: CaseItem) => (one.due_at === null ? null : Date.parse(one.due_at));

/** From when on a case that is due then counts as nearly late. */
export function soonFrom(one: CaseItem, due: number): number {
  const all = due - Date.parse(one.filed_at ?? one.reported_at);
  return due - Math.min(all * SOON_SHARE, SOON_AT_MOST_MS);
}

export function markOf(one: CaseItem, now: number): MarkState {
  if (SETTLED.has(one.state)) return 'settled';
  if (one.clock === 'paused' || one.clock === 'suspended') return 'paused';
  const due = dueAt(one);
  if (due !== null) {
    if (due <= now) return 'late';
    if (now > soonFrom(one, due)) return 'soon';
  }
  if (one.state === 'offered') return 'offered';
  return one.state === 'accepted' || one.state === 'on_site' ? 'underway' : 'new';
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

export function byUrgency(left: Placed, right: Placed): number {
  return (
    PLACE[left.mark] - PLACE[right.mark] ||
    right.one.severity - left.one.severity ||
    (left.one.due_at ?? left.one.reported_at).localeCompare(right.one.due_at ?? right.one.reported_at) ||
    left.one.number - right.one.number
  );
}

/** Seconds until the deadline, less than nothing when it passed; null where no clock runs. */
export function secondsLeft(one: CaseItem, now: number): number | null {
  if (one.due_at === null || one.clock !== 'running') return null;
  return (Date.parse(one.due_at) - now) / 1000;
}

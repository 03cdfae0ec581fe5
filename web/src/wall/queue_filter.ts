import type { CaseItem } from '../shared/case_api';
import { byUrgency, isSettled, isUnderWay, isWaiting, markOf, type Placed } from './case_marks';
import { dayStart } from './day';

/** What the queue is narrowed to; it lives in the address. */
export interface QueueFilter {
  show: Shown;
  category: string;
  street: string;
  area: string;
  words: string;
}

export const SHOWN = [
  'open',
  'today',
  'filed',
  'waiting',
  'underway',
  'soon',
  'late',
  'check',
  'settled',
  'all',
] as const;
export type Shown = (typeof SHOWN)[number];

export const NO_FILTER: QueueFilter = { show: 'open', category: '', street: '', area: '', words: '' };

/** The cases of the queue in the order in which they want to be looked at. */
export function queueOf(
  cases: readonly CaseItem[],
  filter: QueueFilter,
  now: number,
  textOf: (one: CaseItem) => string,
): Placed[] {
  const words = filter.words.trim().toLowerCase();
  const since = dayStart(now);
  const placed: Placed[] = [];
  for (const one of cases) {
    if (filter.category && one.category !== filter.category) continue;
    if (filter.street && one.street !== filter.street) continue;
    if (filter.area && !(one.area ?? one.nearest_area ?? '').startsWith(filter.area)) continue;
    const mark = markOf(one, now);
    if (!isShown(one, mark, filter.show, since)) continue;
    if (words && !textOf(one).toLowerCase().includes(words)) continue;
    placed.push({ one, mark });
  }
  return placed.sort(byUrgency);
}

const happened = (at: string | null, since: number) => at !== null && Date.parse(at) >= since;
/** Neither dismissed nor merged: what the day's numbers count. */
const counts = (one: CaseItem) => one.state !== 'dismissed' && one.state !== 'merged';

function isShown(one: CaseItem, mark: Placed['mark'], show: Shown, since: number): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'today':
      return counts(one) && happened(one.reported_at, since);
    case 'filed':
      return counts(one) && happened(one.filed_at, since);
    case 'open':
      return mark !== 'settled' || one.state === 'resolved';
    case 'waiting':
      return isWaiting(one);
    case 'underway':
      return isUnderWay(one);
    case 'check':
      return one.state === 'resolved';
    case 'settled':
      return counts(one) && isSettled(one) && happened(one.resolved_at ?? one.closed_at, since);
    default:
      return mark === show;
  }
}

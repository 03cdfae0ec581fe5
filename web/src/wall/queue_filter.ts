import type { CaseItem } from '../shared/case_api';
import { byUrgency, isSettled, isUnderWay, isWaiting, placedOf, type RankedCase } from './case_marks';
import { timesOf } from './case_times';
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

/**
 * The cases of the queue in the order in which they want to be looked at. `before` is the queue as it was: what did
 * not change keeps its place, so that a few changes among many thousands cost little; with none it is `before` itself.
 */
export function queueOf(
  cases: readonly CaseItem[],
  filter: QueueFilter,
  now: number,
  textOf: (one: CaseItem) => string,
  before: readonly RankedCase[] = [],
): readonly RankedCase[] {
  const words = filter.words.trim().toLowerCase();
  const since = dayStart(now);
  const found = new Set<RankedCase>();
  for (const one of cases) {
    if (filter.category && one.category !== filter.category) continue;
    if (filter.street && one.street !== filter.street) continue;
    if (filter.area && !(one.area ?? one.nearest_area ?? '').startsWith(filter.area)) continue;
    const placed = placedOf(one, now);
    if (!isShown(one, placed.mark, filter.show, since)) continue;
    if (words && !textOf(one).toLowerCase().includes(words)) continue;
    found.add(placed);
  }
  const stayed = before.filter(placed => found.delete(placed));
  if (found.size === 0 && stayed.length === before.length) return before;
  return [...stayed, ...found].sort(byUrgency);
}

const happened = (at: number | null, since: number) => at !== null && at >= since;
/** Neither dismissed nor merged: what the day's numbers count. */
const counts = (one: CaseItem) => one.state !== 'dismissed' && one.state !== 'merged';

function isShown(one: CaseItem, mark: RankedCase['mark'], show: Shown, since: number): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'today':
      return counts(one) && happened(timesOf(one).reported, since);
    case 'filed':
      return counts(one) && happened(timesOf(one).filed, since);
    case 'open':
      return mark !== 'settled' || one.state === 'resolved';
    case 'waiting':
      return isWaiting(one);
    case 'underway':
      return isUnderWay(one);
    case 'check':
      return one.state === 'resolved';
    case 'settled':
      return counts(one) && isSettled(one) && happened(timesOf(one).ended, since);
    default:
      return mark === show;
  }
}

import type { CaseItem } from '../shared/case_api';
import { isSettled, isUnderWay, isWaiting, markOf } from './case_marks';
import { timesOf } from './case_times';

/** The numbers of the day, counted from the cases that the page knows: they change with the news itself. */
export interface Kpis {
  reported: number;
  filed: number;
  waiting: number;
  underway: number;
  late: number;
  soon: number;
  closed: number;
  /** Shares from 0 to 1; null while there is nothing to divide. */
  closingRate: number | null;
  onTime: number | null;
  satisfied: number | null;
}

export function countKpis(cases: readonly CaseItem[], now: number, since: number): Kpis {
  const kpis: Kpis = {
    reported: 0,
    filed: 0,
    waiting: 0,
    underway: 0,
    late: 0,
    soon: 0,
    closed: 0,
    closingRate: null,
    onTime: null,
    satisfied: null,
  };
  let [settledOfToday, inTime, timed, rated, content] = [0, 0, 0, 0, 0];
  for (const one of cases) {
    const mark = markOf(one, now);
    if (mark === 'late') kpis.late += 1;
    if (mark === 'soon') kpis.soon += 1;
    if (isWaiting(one)) kpis.waiting += 1;
    if (isUnderWay(one)) kpis.underway += 1;
    if (one.state === 'merged' || one.state === 'dismissed') continue;
    const { reported, filed, due, ended } = timesOf(one);
    if (reported >= since) {
      kpis.reported += 1;
      if (isSettled(one)) settledOfToday += 1;
    }
    if (filed !== null && filed >= since) kpis.filed += 1;
    if (ended !== null && isSettled(one) && ended >= since) {
      kpis.closed += 1;
      if (due !== null) {
        timed += 1;
        if (ended <= due) inTime += 1;
      }
      if (one.satisfaction !== null) {
        rated += 1;
        if (one.satisfaction >= 4) content += 1;
      }
    }
  }
  if (kpis.reported > 0) kpis.closingRate = settledOfToday / kpis.reported;
  if (timed > 0) kpis.onTime = inTime / timed;
  if (rated > 0) kpis.satisfied = content / rated;
  return kpis;
}

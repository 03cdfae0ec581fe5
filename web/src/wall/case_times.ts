import type { CaseItem } from '../shared/case_api';

/** A case's moments in milliseconds since 1970: read once, for lists of many thousands are looked through often. */
export interface CaseTimes {
  reported: number;
  filed: number | null;
  due: number | null;
  /** When it was done: settled, or closed without. */
  ended: number | null;
}

const known = new WeakMap<CaseItem, CaseTimes>();
const read = (text: string | null) => (text === null ? null : Date.parse(text));

export function timesOf(one: CaseItem): CaseTimes {
  let times = known.get(one);
  if (!times) {
    times = {
      reported: Date.parse(one.reported_at),
      filed: read(one.filed_at),
      due: read(one.due_at),
      ended: read(one.resolved_at ?? one.closed_at),
    };
    known.set(one, times);
  }
  return times;
}

import type { CaseItem } from '../shared/case_api';
import { clock, duration, shortMoment } from '../shared/formats';
import { secondsLeft } from '../wall/case_marks';
import { moment } from './state';
import { streetWords } from './words';

const DAY_MS = 86_400_000;
const cityDay = (when: number) => Math.floor((when + 8 * 3_600_000) / DAY_MS);

/** Today 17:30, tomorrow 9:00, 24 November 17:30: by when, as somebody would say it. */
export function whenInWords(when: string | number): string {
  const t = streetWords();
  const days = cityDay(new Date(when).getTime()) - cityDay(moment.value);
  if (days === 0) return t.today(clock(when));
  if (days === 1) return t.tomorrow(clock(when));
  return days === -1 ? t.yesterday(clock(when)) : shortMoment(when);
}

/** The deadline in a sentence, and whether it has passed. */
export function deadlineInWords(of: CaseItem): { text: string; late: boolean } {
  const t = streetWords();
  const left = secondsLeft(of, moment.value);
  if (left === null || !of.due_at) return { text: t.noDeadline, late: false };
  if (of.clock === 'paused' || of.clock === 'suspended') return { text: t.clockStands, late: false };
  const by = whenInWords(of.due_at);
  return left >= 0
    ? { text: t.dueBy(by, duration(left)), late: false }
    : { text: t.wasDueBy(by, duration(left)), late: true };
}

import type { Translated } from '../../shared/language';
import type { department as zh } from '../zh/department';

/** Words of the departments' page. */
export const department: Translated<typeof zh> = {
  calls: 'Calls to us',
  none: 'Nobody calls you',
  noneHint: 'A subdistrict that calls you appears here.',
  standings: {
    called: 'Called',
    reported_in: 'Reported in',
    arrived: 'Arrived',
    done: 'Done',
    released: 'Released',
  },
  steps: { 'report-in': 'Report in', arrive: 'We are there', done: 'Done' },
  matter: 'Matter',
  calledBy: 'Called by',
  calledAt: 'Called at',
  reportInBy: 'Report in by',
  late: 'The time to report in has passed',
  obligatory: 'Must come',
  score: 'Rated',
  stars: (count: number) => `${count} of 5`,
  case: 'Case',
  number: (value: number) => `#${value}`,
  waiting: 'Waiting',
  past: 'Past',
  evidence: 'What was done',
  signInFirst: 'Sign in first',
  signIn: 'Sign in',
};

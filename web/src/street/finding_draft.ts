import { drawerNamed, keptDraft } from '../shared/kept';
import type { Outcome } from './EndingForm';
import type { Shot } from './outbox';
import type { Entry, Point } from './tasks_api';

/** A finding that is being written: kept on the phone, photographs too, until it is handed over or cleared. */

export const KINDS = ['patrol_finding', 'hazard_check', 'dispute', 'visit'] as const;

export interface FindingDraft {
  shots: Shot[];
  kind: (typeof KINDS)[number];
  entry: Entry;
  category: string;
  /** Where it was put on the map; null for where the phone is. */
  corrected: Point | null;
  description: string;
  settled: boolean;
  outcome: Outcome | null;
}

const EMPTY: FindingDraft = {
  shots: [],
  kind: 'patrol_finding',
  entry: 'street',
  category: '',
  corrected: null,
  description: '',
  settled: false,
  outcome: null,
};

export const { draft: findingDraft, follow: followFinding } = keptDraft<FindingDraft>(
  drawerNamed('yilu-phone-draft'),
  'finding',
  EMPTY,
);

export const changeFinding = (what: Partial<FindingDraft>): void => {
  findingDraft.value = { ...findingDraft.value, ...what };
};

export const clearFinding = (): void => {
  findingDraft.value = EMPTY;
};

import { keptDraft } from '../shared/kept';
import type { Shot } from '../street/outbox';
import type { AskedKind, VisitTime } from './api';
import { drawer } from './shelf';

/** What somebody is about to send: kept on his phone with every letter, until the server has it. */

export interface Place {
  name: string;
  lon: number;
  lat: number;
}

export interface Draft {
  kind: AskedKind;
  category: string;
  service: string;
  visit: VisitTime | null;
  /** A place that was chosen; null for where the phone is. */
  place: Place | null;
  placeWords: string;
  description: string;
  shots: Shot[];
  name: string;
  phone: string;
  tell: boolean;
}

export const emptyDraft: Draft = {
  kind: 'resident_request',
  category: '',
  service: '',
  visit: null,
  place: null,
  placeWords: '',
  description: '',
  shots: [],
  name: '',
  phone: '',
  tell: false,
};

export const { draft, follow: followDraft } = keptDraft<Draft>(drawer, 'draft', emptyDraft);

export const change = (what: Partial<Draft>): void => {
  draft.value = { ...draft.value, ...what };
};

/** Begin anew; who one is stays, so that an order after a report need not be typed again. */
export const clearDraft = (kind: AskedKind = draft.value.kind): void => {
  const { name, phone, tell } = draft.value;
  draft.value = { ...emptyDraft, kind, name, phone, tell };
};

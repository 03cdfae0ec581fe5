import { effect, signal } from '@preact/signals';
import type { Shot } from '../street/outbox';
import type { AskedKind, VisitTime } from './api';
import { keep, kept } from './shelf';

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

export const draft = signal<Draft>(emptyDraft);
const NAME = 'draft';
const PAUSE_MS = 200;
let read = false;

export const change = (what: Partial<Draft>): void => {
  draft.value = { ...draft.value, ...what };
};

/** Begin anew; who one is stays, so that an order after a report need not be typed again. */
export const clearDraft = (kind: AskedKind = draft.value.kind): void => {
  const { name, phone, tell } = draft.value;
  draft.value = { ...emptyDraft, kind, name, phone, tell };
};

/** Read what was typed before, and keep what is typed from now on. */
export async function followDraft(): Promise<void> {
  if (read) return;
  read = true;
  const before = await kept<Draft>(NAME);
  if (before && draft.value === emptyDraft) draft.value = { ...emptyDraft, ...before };
  let later: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const now = draft.value;
    clearTimeout(later);
    later = setTimeout(() => void keep(NAME, now), PAUSE_MS);
  });
  addEventListener('pagehide', () => void keep(NAME, draft.value));
}

import { ask } from '../shared/api';
import type { CaseState } from '../shared/case_api';
import { question } from '../shared/question';

/** What the residents' page asks of the server. */

export type AskedKind = 'resident_request' | 'order' | 'wish' | 'dispute' | 'visit';

export interface Service {
  id: string;
  name: string;
  name_en: string;
  about: string;
  about_en: string;
  steps: string[];
  steps_en: string[];
  materials: string[];
  materials_en: string[];
  fee: string;
  fee_en: string;
}

export interface Form {
  kinds: { kind: AskedKind; common: string[]; contact: boolean }[];
  services: Service[];
  photographs: number;
  nearby_m: number;
  reopen_days: number;
  contact_days: number;
  /** Whether somebody passes text messages on here. */
  messages: boolean;
}

export interface VisitTime {
  day: string;
  slot: string;
}
export interface VisitTimes {
  community: string | null;
  times: (VisitTime & { left: number })[];
}

export interface NearbyMatter {
  number: number;
  category: string;
  state: CaseState;
  reported_at: string;
  at: [number, number];
  street: string | null;
  street_en: string | null;
  distance_m: number;
}

export interface Taken {
  new: boolean;
  number: number;
  tracking: string;
}

export interface Followed {
  number: number;
  tracking: string;
  may: 'own' | 'watch';
  kind: AskedKind;
  category: string;
  state: CaseState;
  reported_at: string;
  due_at: string | null;
  outcome: string | null;
  satisfaction: number | null;
  description: string;
  at: [number, number] | null;
  photographs: string[];
  done: string[];
  steps: { at: string; what: string; post: string | null; reason: string }[];
  visit: VisitTime | null;
  continues_as: number | null;
  /** Whether progress is told by text message; null where that cannot be. */
  tell: boolean | null;
  can_rate: boolean;
  can_reopen: boolean;
}

export const theForm = question<Form>((_, signal) => ask<Form>('/resident/form', { signal }));

export const theNearby = question<NearbyMatter[], { lon: number; lat: number }>((place, signal) =>
  ask<NearbyMatter[]>('/resident/nearby', { query: place, signal }),
);

export const theVisitTimes = question<VisitTimes, { lon: number; lat: number }>((place, signal) =>
  ask<VisitTimes>('/resident/visit-times', { query: place, signal }),
);

export const theFollowed = question<Followed, string>((tracking, signal) => follow(tracking, signal));

export const follow = (tracking: string, signal?: AbortSignal) =>
  ask<Followed>(`/resident/reports/${encodeURIComponent(tracking)}`, signal ? { signal } : {});

export const actOn = (tracking: string, act: 'rating' | 'reopen', body: Record<string, unknown>) =>
  ask<Followed>(`/resident/reports/${encodeURIComponent(tracking)}/${act}`, { method: 'POST', body });

export const chooseMessages = (tracking: string, tell: boolean) =>
  ask<Followed>(`/resident/reports/${encodeURIComponent(tracking)}/messages`, {
    method: 'PUT',
    body: { tell },
  });

export const photographAddress = (tracking: string, name: string) =>
  `/api/v1/resident/reports/${encodeURIComponent(tracking)}/photographs/${name}`;

/** Send one photograph; the server's name for it. */
export const sendPhotograph = (ticket: string, id: string, blob: Blob): Promise<string> =>
  ask<{ name: string }>(`/resident/photographs/${id}`, {
    method: 'PUT',
    body: blob,
    headers: { 'x-yilu-ticket': ticket, 'x-requested-with': 'yilu' },
  }).then(kept => kept.name);

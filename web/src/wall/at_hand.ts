import { ask } from '../shared/api';
import { question } from '../shared/question';

/** Somebody whom an operator may send now by his own choice. */
export interface AtHand {
  person: string;
  name: string;
  name_en: string;
  post: string;
  ring: string;
  expected_s: number | null;
  load: number;
  capacity: number;
  at: [lon: number, lat: number] | null;
}

export const theAtHand = question<AtHand[], string>((id, signal) =>
  ask<AtHand[]>(`/cases/${id}/at-hand`, { signal }),
);

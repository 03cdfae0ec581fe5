import { signal } from '@preact/signals';
import { ask, Problem } from '../shared/api';
import { say } from '../shared/parts/Toast';
import { question } from '../shared/question';
import { filter } from './state';
import { wallWords } from './words';

/** Dealing out all waiting cases at once: first looked at as a plan, then offered. */

export interface PlannedOffer {
  case: string;
  number: number;
  responder: string;
  name: string;
  name_en: string;
  post: string;
  expected_s: number | null;
  reason: string;
  reason_en: string;
  offered: boolean;
}

/** What offers cost in all. */
export interface Toll {
  offers: number;
  travel_s: number;
  late: number;
}

export interface Plan {
  made_at: string;
  offers: PlannedOffer[];
  left: string[];
  travel_s: number;
  toll: Toll;
  /** What dealing the same cases out in turn would cost, each to the nearest left. */
  one_by_one: Toll;
}

/** The plan for the area that the queue is narrowed to, or for all that one may dispatch. */
const body = () => ({ area: filter.peek().area });

export const thePlan = question<Plan>((_, signal) =>
  ask<Plan>('/plans/preview', { method: 'POST', body: body(), signal }),
);
export const planIsOpen = signal(false);
export const planIsGoing = signal(false);

export function openPlan(): void {
  thePlan.forget();
  planIsOpen.value = true;
  void thePlan.put();
}

export function dropPlan(): void {
  planIsOpen.value = false;
  thePlan.forget();
}

/** Offer it; the server deals anew, so that what others did meanwhile counts. */
export async function carryOutPlan(): Promise<void> {
  const t = wallWords();
  planIsGoing.value = true;
  try {
    const done = await ask<Plan>('/plans/offers', { method: 'POST', body: body() });
    const offered = done.offers.filter(offer => offer.offered).length;
    say(t.planDone(offered, done.offers.length - offered));
    dropPlan();
  } catch (error) {
    say(t.planFailed(error instanceof Problem ? error.detail || error.title : String(error)));
  } finally {
    planIsGoing.value = false;
  }
}

import { signal } from '@preact/signals';
import { ask } from '../shared/api';
import type { Call, CaseItem, Whistle } from '../shared/case_api';
import { question } from '../shared/question';
import { session } from '../shared/session';

/** What a department was called to, and how it answered. */

export interface WhistleWithCase {
  whistle: Whistle;
  case: CaseItem;
}

/** One call to one department, with where it came from. */
export interface OurCall extends WhistleWithCase {
  call: Call;
}

export type Step = 'report-in' | 'arrive' | 'done';
export const NEXT: Record<string, Step | undefined> = {
  called: 'report-in',
  reported_in: 'arrive',
  arrived: 'done',
};

export const theCalls = question<WhistleWithCase[]>((_, stop) =>
  ask<WhistleWithCase[]>('/whistles', { query: { limit: 200 }, signal: stop }),
);
export const moment = signal(Date.now());
setInterval(() => {
  moment.value = Date.now();
}, 10_000);

/** The calls that are addressed to the departments of this account. */
export function oursIn(found: readonly WhistleWithCase[]): OurCall[] {
  const own = new Set(session.value?.grants.map(grant => grant.department).filter(Boolean));
  return found.flatMap(one =>
    one.whistle.calls
      .filter(call => own.size === 0 || own.has(call.department))
      .map(call => ({ ...one, call })),
  );
}

/** The most pressing first: those that have to report in, by when; then the others by when they were called. */
export function byPressure(one: OurCall, other: OurCall): number {
  const due = (each: OurCall) => (each.call.standing === 'called' ? (each.call.report_in_by ?? '8') : '9');
  return due(one).localeCompare(due(other)) || one.whistle.called_at.localeCompare(other.whistle.called_at);
}

export const secondsBetween = (from: string, to: string | number): number =>
  (new Date(to).getTime() - Date.parse(from)) / 1000;

export const reportedOnTime = ({ call }: OurCall): boolean =>
  call.reported_in_at !== null &&
  (call.report_in_by === null || Date.parse(call.reported_in_at) <= Date.parse(call.report_in_by));

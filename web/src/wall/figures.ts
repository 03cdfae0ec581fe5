import { computed } from '@preact/signals';
import { inAddress, putInAddress } from '../shared/address';
import { ask } from '../shared/api';
import { question } from '../shared/question';
import type { Named } from '../shared/territory_api';
import { dayStart } from './day';

/** Numbers that the page cannot count from its own cases: the usual day, and how everybody's work goes. */

export interface Hour {
  hour: number;
  reported: number | null;
  settled: number | null;
  usual_reported: number;
  usual_settled: number;
}

export interface Today {
  begins: string;
  hours: Hour[];
  usual_days: number;
  /** Null until the roads are in force. */
  covered: number | null;
}

export const theToday = question<Today>((_, signal) => ask<Today>('/statistics/today', { signal }));

export interface Ranked extends Named {
  key: string;
  counts: Record<string, number>;
  rates: Record<string, number | null>;
}

export const RANKINGS = ['street', 'task_force', 'subdistrict', 'department'] as const;
export type Ranking = (typeof RANKINGS)[number];
export const SPANS = ['day', 'week', 'month'] as const;
export type Span = (typeof SPANS)[number];

/** A task force is its street's: their indicators are the same, and the table names its chief. */
const ASKED: Record<Ranking, { path: string; by?: string }> = {
  street: { path: '/statistics', by: 'street' },
  task_force: { path: '/statistics', by: 'street' },
  subdistrict: { path: '/statistics', by: 'subdistrict' },
  department: { path: '/statistics/departments' },
};
const DAYS_BEFORE: Record<Span, number> = { day: 0, week: 6, month: 29 };
const DAY_MS = 86_400_000;

export const theRanking = question<Ranked[], { ranking: Ranking; span: Span }>(
  async ({ ranking, span }, signal) => {
    const { path, by } = ASKED[ranking];
    const since = new Date(dayStart(Date.now()) - DAYS_BEFORE[span] * DAY_MS).toISOString();
    const { items } = await ask<{ items: Ranked[] }>(path, { query: { since, by }, signal });
    return items;
  },
);

/** Which ranking is open; it stands in the address, so that a link shows the same. */
export const openRanking = computed<Ranking | null>(
  () => RANKINGS.find(ranking => ranking === inAddress('numbers')) ?? null,
);
export const openSpan = computed<Span>(() => SPANS.find(span => span === inAddress('span')) ?? 'day');
export const showNumbers = (ranking: Ranking | null) => putInAddress({ numbers: ranking }, true);
export const showSpan = (span: Span) => putInAddress({ span: span === 'day' ? null : span });

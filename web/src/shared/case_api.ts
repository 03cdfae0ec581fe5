import { ask, type Body } from './api';
import { nameOf } from './language';

/** Cases as the server tells them: in lists, in the live stream, and one with its history. */

export type CaseState =
  | 'reported'
  | 'filed'
  | 'offered'
  | 'accepted'
  | 'on_site'
  | 'resolved'
  | 'closed'
  | 'dismissed'
  | 'merged';

export interface CaseItem {
  id: string;
  number: number;
  kind: string;
  source: string;
  category: string;
  /** 1 (light) to 5 (danger to life). */
  severity: number;
  state: CaseState;
  at: [lon: number, lat: number];
  area: string | null;
  nearest_area: string | null;
  street: string | null;
  reported_at: string;
  filed_at: string | null;
  resolved_at: string | null;
  closed_at: string | null;
  due_at: string | null;
  clock: string;
  stood_still_at: string | null;
  task: string | null;
  holder: string | null;
  holder_name: string | null;
  holder_name_en: string | null;
  holder_post: string | null;
  ring: string | null;
  outcome: string | null;
  description: string;
  photographs: string[];
  reworked: number;
  reopened: number;
  escalated: number;
  extensions: number;
  appealing: boolean;
  merged_into: string | null;
  satisfaction: number | null;
  /** Counts the acts so far: of two items, the one with more is newer. */
  events: number;
}

/** Whoever holds it, by his name in the reader's language; empty where nobody does. */
export function holderName({ holder_name: name, holder_name_en: name_en }: CaseItem): string {
  return name ? nameOf({ name, name_en }) : '';
}

export interface CaseEvent {
  id: string;
  number: number;
  action: string;
  before: CaseState | null;
  after: CaseState;
  actor: string;
  actor_en: string;
  actor_post: string;
  at: string;
  phone_at: string | null;
  reason: string;
  task: string | null;
  details: Record<string, string | number | boolean | null>;
}

export interface Task {
  id: string;
  case: string;
  responder: string;
  responder_name: string | null;
  responder_name_en: string | null;
  post: string;
  ring: string;
  state: string;
  offered_at: string;
  expires_at: string;
  reason_zh: string;
  reason_en: string;
  expected_s: number | null;
  answered_at: string | null;
  on_my_way_at: string | null;
  arrived_at: string | null;
  ended_at: string | null;
}

export interface Call {
  department: string;
  obligatory: boolean;
  standing: string;
  report_in_by: string | null;
  reported_in_at: string | null;
  arrived_at: string | null;
  ended_at: string | null;
  score: number | null;
}

export interface Whistle {
  id: string;
  case: string;
  matter: string;
  called_by: string;
  called_at: string;
  calls: Call[];
}

export interface CaseCard extends CaseItem {
  history: CaseEvent[];
  tasks: Task[];
  whistles: Whistle[];
  /** What the case's state allows; a page shows those that the person may do. */
  actions: string[];
}

export interface Candidate {
  person: string;
  name: string;
  name_en: string;
  post: string;
  expected_s: number | null;
  why_zh: string;
  why_en: string;
}

export interface Suggestion {
  ring: string;
  policy: string;
  reason_zh: string;
  reason_en: string;
  choice: Candidate | null;
  load: number | null;
  at: [lon: number, lat: number] | null;
  certainty: string | null;
  expires_at: string | null;
  runners_up: Candidate[];
  matter: string | null;
}

export interface Board {
  cases: CaseItem[];
  /** Where in the live feed they stand. */
  place: string;
}

/** All that has not ended, and what was reported or done since a moment: by columns, for they are many. */
export async function fetchBoard(since: string, signal?: AbortSignal): Promise<Board> {
  const { columns, rows, place } = await ask<{ columns: string[]; rows: unknown[][]; place: string }>(
    '/cases/board',
    { query: { since }, ...(signal ? { signal } : {}) },
  );
  const cases = rows.map(row => {
    const item: Record<string, unknown> = {};
    for (let column = 0; column < columns.length; column += 1) item[columns[column] as string] = row[column];
    return item as unknown as CaseItem;
  });
  return { cases, place };
}

export const fetchCase = (id: string, signal: AbortSignal) => ask<CaseCard>(`/cases/${id}`, { signal });
export const fetchSuggestion = (id: string, signal: AbortSignal) =>
  ask<Suggestion>(`/cases/${id}/suggestion`, { signal });
export const fetchDuplicates = (id: string, signal: AbortSignal) =>
  ask<CaseItem[]>(`/cases/${id}/duplicates`, { signal });

/** Do one act from a desk: `act` is the last part of its address. The answer is the case as it then stands. */
export const actOnCase = (id: string, act: string, body: Body = {}) =>
  ask<CaseItem>(`/cases/${id}/${act}`, { method: 'POST', body });

export interface BulkResult {
  case: string;
  done: boolean;
  detail: string;
  detail_zh: string;
}
export const actOnCases = (cases: readonly string[], action: string, reason: string) =>
  ask<BulkResult[]>('/cases/bulk/acts', { method: 'POST', body: { cases: [...cases], action, reason } });

export interface Position {
  person: string;
  name: string;
  name_en: string;
  post: string;
  lon: number;
  lat: number;
  at: string;
  accuracy_m: number | null;
}
export const fetchPositions = (signal?: AbortSignal) =>
  ask<Position[]>('/positions', signal ? { signal } : {});

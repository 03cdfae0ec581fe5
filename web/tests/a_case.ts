import type { CaseItem } from '../src/shared/case_api';

export const NOW = Date.parse('2026-11-21T06:00:00Z');
export const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
let made = 0;

/** A filed case of an hour ago with four hours left, but for the changes. */
export function aCase(changes: Partial<CaseItem> = {}): CaseItem {
  made += 1;
  return {
    id: `case-${made}`,
    number: made,
    kind: 'patrol_finding',
    source: 'staff',
    category: 'E0104',
    severity: 2,
    state: 'filed',
    at: [112.55, 37.86],
    area: '990101001001001',
    nearest_area: null,
    street: null,
    reported_at: at(-60),
    filed_at: at(-60),
    resolved_at: null,
    closed_at: null,
    due_at: at(240),
    clock: 'running',
    stood_still_at: null,
    task: null,
    holder: null,
    holder_name: null,
    holder_name_en: null,
    holder_post: null,
    ring: null,
    outcome: null,
    description: '',
    photographs: [],
    reworked: 0,
    reopened: 0,
    escalated: 0,
    extensions: 0,
    appealing: false,
    merged_into: null,
    satisfaction: null,
    events: 2,
    ...changes,
  };
}

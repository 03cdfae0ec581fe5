import { computed } from '@preact/signals';
import type { CaseItem } from '../shared/case_api';
import { remembered } from '../shared/remembered';
import { sound } from './alarm_sound';
import { markOf, soonFrom } from './case_marks';
import { timesOf } from './case_times';
import type { FeedEvent } from './feed';
import { cases } from './state';

/** What an operator must not miss: it stays listed, in this browser, until somebody has seen it. */

export const ALARM_KINDS = ['urgent', 'help', 'late', 'escalated', 'unanswered', 'nobody', 'soon'] as const;
/** The gravest first: of several at once the first sounds. */
export type AlarmKind = (typeof ALARM_KINDS)[number];

export interface Alarm {
  key: string;
  kind: AlarmKind;
  case: string;
  number: number;
  at: number;
}

const URGENT_FROM = 5;
const KEPT = 200;
const ALARMING: Readonly<Record<string, AlarmKind>> = {
  expire: 'unanswered',
  nobody_found: 'nobody',
  ask_for_help: 'help',
  escalate: 'escalated',
};

const isAlarm = (value: unknown): value is Alarm =>
  typeof value === 'object' && value !== null && 'key' in value && 'case' in value && 'kind' in value;
const areAlarms = (value: unknown): value is readonly Alarm[] => Array.isArray(value) && value.every(isAlarm);
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isMoment = (value: unknown): value is number => typeof value === 'number';

export const unseen = remembered<readonly Alarm[]>('alarms.unseen', [], areAlarms);
/** The newest, for those who hear the page. */
export const newest = computed(() => unseen.value[0] ?? null);
export const muted = remembered('alarms.muted', false, isFlag);
/** When deadlines were last looked at: what passed while the page was shut is news when it opens. */
const lookedAt = remembered('alarms.looked', 0, isMoment);
const AWAY_AT_MOST_MS = 12 * 3_600_000;

const raised = new Set<string>();

function alarmOf(kind: AlarmKind, one: CaseItem, at: number, mark = ''): Alarm {
  return { key: `${kind} ${one.id} ${mark}`, kind, case: one.id, number: one.number, at };
}

function raise(alarms: readonly Alarm[]): void {
  const listed = new Set(unseen.peek().map(alarm => alarm.key));
  const news = alarms.filter(({ key }) => !raised.has(key) && !listed.has(key));
  if (news.length === 0) return;
  for (const { key } of news) raised.add(key);
  for (const key of raised) {
    if (raised.size <= KEPT * 10) break;
    raised.delete(key);
  }
  unseen.value = [...news.toReversed(), ...unseen.peek()].slice(0, KEPT);
  const gravest = ALARM_KINDS.find(kind => news.some(alarm => alarm.kind === kind));
  if (gravest && !muted.peek()) sound(gravest);
}

export function hearEvents(events: readonly FeedEvent[]): void {
  const heard: Alarm[] = [];
  for (const event of events) {
    const one = cases.get(event.case);
    if (!one) continue;
    const kind = ALARMING[event.action];
    if (kind) heard.push(alarmOf(kind, one, Date.parse(event.at), event.id));
    if (event.action === 'report' && one.severity >= URGENT_FROM)
      heard.push(alarmOf('urgent', one, Date.parse(event.at)));
  }
  raise(heard);
}

type Pressing = 'late' | 'soon';
let before: Readonly<Record<Pressing, ReadonlySet<string>>> | null = null;

/** Look which cases became late or nearly late since the last look; what was so already is no news. */
export function lookAtDeadlines(all: readonly CaseItem[], now: number): void {
  if (all.length === 0) return;
  const known = before;
  const since = known ? now : Math.max(lookedAt.peek() || now, now - AWAY_AT_MOST_MS);
  const found: Record<Pressing, Set<string>> = { late: new Set(), soon: new Set() };
  const news: Alarm[] = [];
  for (const one of all) {
    const mark = markOf(one, now);
    if (mark !== 'late' && mark !== 'soon') continue;
    found[mark].add(one.id);
    const due = timesOf(one).due ?? now;
    const from = mark === 'late' ? due : soonFrom(one, due);
    const isNews = known ? !known[mark].has(one.id) : from > since;
    if (isNews) news.push(alarmOf(mark, one, known ? now : from, one.due_at ?? ''));
  }
  before = found;
  lookedAt.value = now;
  raise(news);
}

export function markSeen(key?: string): void {
  unseen.value = key === undefined ? [] : unseen.value.filter(alarm => alarm.key !== key);
}

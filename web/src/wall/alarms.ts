import { computed, signal } from '@preact/signals';
import type { CaseItem } from '../shared/case_api';
import { remembered } from '../shared/remembered';
import { markOf } from './case_marks';
import type { FeedEvent } from './feed';
import { cases } from './state';

/** What an operator must not miss: it stays listed until somebody has seen it. */

export type AlarmKind = 'urgent' | 'nobody' | 'late' | 'help' | 'escalated';

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
  nobody_found: 'nobody',
  ask_for_help: 'help',
  escalate: 'escalated',
};

export const unseen = signal<readonly Alarm[]>([]);
/** The newest, for those who hear the page. */
export const newest = computed(() => unseen.value[0] ?? null);

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
export const muted = remembered('alarms.muted', false, isFlag);

const raised = new Set<string>();

function raise(kind: AlarmKind, one: CaseItem, at: number, mark = ''): void {
  const key = `${kind} ${one.id} ${mark}`;
  if (raised.has(key)) return;
  raised.add(key);
  if (raised.size > KEPT * 10) raised.delete(raised.values().next().value as string);
  unseen.value = [{ key, kind, case: one.id, number: one.number, at }, ...unseen.value].slice(0, KEPT);
  if (!muted.value) beep(kind);
}

export function hearEvents(events: readonly FeedEvent[]): void {
  for (const event of events) {
    const one = cases.get(event.case);
    if (!one) continue;
    const kind = ALARMING[event.action];
    if (kind) raise(kind, one, Date.parse(event.at), event.id);
    if (event.action === 'report' && one.severity >= URGENT_FROM) raise('urgent', one, Date.parse(event.at));
  }
}

let known = new Set<string>();
let first = true;

/** Look which cases became late since the last look; those that were late already are no news. */
export function lookForLate(all: readonly CaseItem[], now: number): void {
  const late = new Set<string>();
  for (const one of all) {
    if (markOf(one, now) !== 'late') continue;
    late.add(one.id);
    if (!first && !known.has(one.id)) raise('late', one, now, one.due_at ?? '');
  }
  if (all.length > 0) first = false;
  known = late;
}

export function markSeen(key?: string): void {
  unseen.value = key === undefined ? [] : unseen.value.filter(alarm => alarm.key !== key);
}

const TONES: Record<AlarmKind, number[]> = {
  urgent: [880, 660, 880],
  help: [880, 880],
  late: [520],
  nobody: [440],
  escalated: [520],
};

let audio: AudioContext | null = null;

/** A short tone; browsers allow it once somebody has touched the page. */
function beep(kind: AlarmKind): void {
  if (typeof AudioContext !== 'function' || !navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  const start = audio.currentTime;
  for (const [place, pitch] of TONES[kind].entries()) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, start + place * 0.18);
    volume.gain.exponentialRampToValueAtTime(0.001, start + place * 0.18 + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + place * 0.18);
    tone.stop(start + place * 0.18 + 0.17);
  }
}

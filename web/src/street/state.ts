import { computed, effect, type Signal, signal } from '@preact/signals';
import { ask, SHORT_PATIENCE_MS } from '../shared/api';
import type { CaseItem, Task } from '../shared/case_api';
import { nameOf } from '../shared/language';
import { answerIn, type Question, question } from '../shared/question';
import { remembered } from '../shared/remembered';
import { session } from '../shared/session';
import type { Box } from '../shared/territory_api';
import { markOf } from '../wall/case_marks';
import { forgetPhotographs } from './keep_photographs';
import { metresBetween } from './map_box';
import type { Entry } from './outbox';
import { here } from './place';
import { waiting } from './sender';
import { lastCards, lastWays } from './tasks_api';

export interface TaskWithCase {
  task: Task;
  case: CaseItem;
}

export interface Duty {
  person: string;
  on_duty: boolean;
  since: string | null;
  until: string | null;
  patrol: string | null;
  patrol_street: string | null;
}

export interface StreetName {
  id: string;
  name: string;
  name_en: string;
  subdistrict: string;
  bbox: Box;
  chief: { id: string } | null;
}

export type Tab = 'tasks' | 'patrol' | 'find' | 'street' | 'queue';

export const tab = signal<Tab>('tasks');
export const openTask = signal<string | null>(null);
export const moment = signal(Date.now());
setInterval(() => {
  moment.value = Date.now();
}, 1000);

/** Shorter than they are asked for again: else each question would be overtaken before it could fail. */
const soon = (signal: AbortSignal) => ({ signal, patience_ms: SHORT_PATIENCE_MS });
export const theTasks = question<TaskWithCase[]>((_, stop) => ask<TaskWithCase[]>('/tasks', soon(stop)));
export const theDuty = question<Duty>((_, stop) => ask<Duty>('/shifts/mine', soon(stop)));
export const theStreets = question<StreetName[]>((_, stop) =>
  ask<{ items: StreetName[] }>('/streets', { query: { limit: 1000 }, signal: stop }).then(page => page.items),
);

/** The street that the account itself works on, where it has one. */
export const ownStreet = computed<StreetName | null>(() => {
  const streets = answerIn(theStreets.asked.value) ?? [];
  const granted = session.value?.grants.find(grant => grant.street)?.street;
  const person = session.value?.person;
  const patrolled = (answerIn(theDuty.asked.value) ?? lastDuty.value?.answer)?.patrol_street;
  return (
    streets.find(one => one.id === (patrolled ?? granted)) ??
    streets.find(one => person && one.chief?.id === person) ??
    null
  );
});

/** Whether somebody leads a street: he sees its people, its cases and its month. */
export const isChief = computed(
  () => session.value?.grants.some(grant => grant.role === 'street_chief') ?? false,
);

export function streetName(id: string | null): string {
  const found = answerIn(theStreets.asked.value)?.find(street => street.id === id);
  return found ? nameOf(found) : (id ?? '');
}

interface Last<Answer> {
  answer: Answer;
  /** When it was fetched, in milliseconds. */
  at: number;
}

/** The last answer that was fetched, kept over a closed page: what there is in a basement. */
function lastOf<Answer>(name: string, asked: Question<Answer, void>['asked']): Signal<Last<Answer> | null> {
  const isLast = (value: unknown): value is Last<Answer> | null =>
    typeof value === 'object' && value !== null && 'answer' in value && 'at' in value;
  const kept = remembered<Last<Answer> | null>(name, null, isLast);
  effect(() => {
    const now = asked.value;
    if (now.state === 'ready') kept.value = { answer: now.answer, at: now.at };
  });
  return kept;
}

export const lastTasks = lastOf('street.last-tasks', theTasks.asked);
export const lastDuty = lastOf('street.last-duty', theDuty.asked);

effect(() => {
  // Nobody is signed in any more: what was his is nobody's to read, with a network or without.
  if (session.value?.signed_in !== false) return;
  lastTasks.value = null;
  lastDuty.value = null;
  lastCards.value = {};
  lastWays.value = {};
  void forgetPhotographs();
});

const STEP_OF: Record<string, Partial<CaseItem> & { taken?: boolean; gone?: boolean }> = {
  accept: { state: 'accepted', taken: true },
  'on-my-way': {},
  arrive: { state: 'on_site' },
  resolve: { gone: true },
  decline: { gone: true },
};

/** A task as it will stand once what waits on the phone has reached the server. */
function withWaiting(one: TaskWithCase, entries: readonly Entry[]): TaskWithCase | null {
  let shown: TaskWithCase | null = one;
  for (const entry of entries) {
    const step = entry.path.startsWith(`/tasks/${one.task.id}/`) ? entry.path.split('/').pop() : undefined;
    const after = step && !entry.refused ? STEP_OF[step] : undefined;
    if (!after || !shown) continue;
    if (after.gone) return null;
    const { taken: _, gone: __, ...changed } = after;
    const onMyWay = step === 'on-my-way' ? { on_my_way_at: entry.madeAt } : {};
    shown = { task: { ...shown.task, ...onMyWay }, case: { ...shown.case, ...changed } };
  }
  return shown;
}

/** Offers wait for an answer; after them what is late or dangerous; then what is nearest. */
const DANGER = 5;
const FAR_M = 200;

function urgency({ case: of }: TaskWithCase): number {
  const mark = markOf(of, moment.peek());
  if (of.state === 'offered') return 0;
  if (of.severity >= DANGER) return 1;
  return mark === 'late' ? 2 : mark === 'soon' ? 3 : 4;
}

/** In steps, so that a list does not change places with every fix. */
function steps({ case: of }: TaskWithCase): number {
  return here.value ? Math.floor(metresBetween([here.value.lon, here.value.lat], of.at) / FAR_M) : 0;
}

export const tasks = computed(() => {
  const known = answerIn(theTasks.asked.value) ?? lastTasks.value?.answer ?? [];
  return known
    .map(one => withWaiting(one, waiting.value))
    .filter(one => one !== null)
    .sort(
      (one, other) =>
        urgency(one) - urgency(other) ||
        steps(one) - steps(other) ||
        (one.case.due_at ?? '9').localeCompare(other.case.due_at ?? '9') ||
        one.case.number - other.case.number,
    );
});

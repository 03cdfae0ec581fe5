import { computed, effect, signal } from '@preact/signals';
import { ask } from '../shared/api';
import type { CaseItem, Task } from '../shared/case_api';
import { answerIn, question } from '../shared/question';
import { remembered } from '../shared/remembered';
import type { Entry } from './outbox';
import { waiting } from './sender';

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
}

export type Tab = 'tasks' | 'find' | 'queue';

export const tab = signal<Tab>('tasks');
export const openTask = signal<string | null>(null);
export const moment = signal(Date.now());
setInterval(() => {
  moment.value = Date.now();
}, 1000);

export const theTasks = question<TaskWithCase[]>((_, stop) =>
  ask<TaskWithCase[]>('/tasks', { signal: stop }),
);
export const theDuty = question<Duty>((_, stop) => ask<Duty>('/shifts/mine', { signal: stop }));
export const theStreets = question<StreetName[]>((_, stop) =>
  ask<{ items: StreetName[] }>('/streets', { query: { limit: 1000 }, signal: stop }).then(page => page.items),
);

const isList = (value: unknown): value is TaskWithCase[] => Array.isArray(value);
/** The last list that was fetched: what is shown in a basement. */
const lastTasks = remembered<TaskWithCase[]>('street.tasks', [], isList);
effect(() => {
  const asked = theTasks.asked.value;
  if (asked.state === 'ready') lastTasks.value = asked.answer;
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

/** Offers first, then by deadline. */
export const tasks = computed(() => {
  const known = answerIn(theTasks.asked.value) ?? lastTasks.value;
  return known
    .map(one => withWaiting(one, waiting.value))
    .filter(one => one !== null)
    .sort(
      (one, other) =>
        Number(other.case.state === 'offered') - Number(one.case.state === 'offered') ||
        (one.case.due_at ?? '9').localeCompare(other.case.due_at ?? '9'),
    );
});

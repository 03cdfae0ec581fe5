import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { countdown, distance, duration } from '../shared/formats';
import { Mark } from '../shared/parts/Mark';
import { EmptyState, ErrorState, Skeleton, StaleNotice } from '../shared/parts/States';
import { areaName } from '../shared/place_names';
import { answerIn } from '../shared/question';
import { markOf } from '../wall/case_marks';
import { Choice } from './Choice';
import { deadlineInWords } from './deadline';
import { LazyMap } from './LazyMap';
import { boxAround, metresBetween } from './map_box';
import type { PhoneMark } from './PhoneMap';
import { here } from './place';
import { RoundList } from './RoundList';
import { lastTasks, moment, openTask, streetName, type TaskWithCase, tasks, theTasks } from './state';
import type { Point } from './tasks_api';
import { theRound } from './tasks_api';
import { streetWords } from './words';

type View = 'list' | 'map' | 'round';

/** Offers on top with their countdown, then the most urgent and nearest; as a list, a map, or a walk. */
export function TaskList() {
  const t = streetWords();
  const view = useSignal<View>('list');
  const asked = theTasks.asked.value;
  const again = () => void theTasks.put();
  if (tasks.value.length === 0) {
    if (asked.state === 'failed') return <ErrorState problem={asked.problem} retry={again} />;
    if (asked.state !== 'ready') return <Skeleton lines={8} />;
    return (
      <EmptyState icon="done" title={t.noTasks}>
        {t.noTasksHint}
      </EmptyState>
    );
  }
  return (
    <>
      <h1 class="unseen">{t.tasks}</h1>
      {asked.state === 'failed' && (
        <StaleNotice since={asked.earlierAt ?? lastTasks.value?.at ?? Date.now()} retry={again} />
      )}
      <Choice
        label={t.tasks}
        options={(['list', 'map', 'round'] as const).map(id => ({ id, name: t.views[id] }))}
        chosen={view.value}
        onChoose={chosen => {
          view.value = chosen;
        }}
      />
      {view.value === 'map' && <TasksOnMap />}
      {view.value === 'round' && <RoundList />}
      {view.value === 'list' && (
        <ul class="task-list" aria-label={t.tasks}>
          {tasks.value.map(one => (
            <li key={one.task.id}>
              <TaskRow one={one} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface TaskRowProps {
  one: TaskWithCase;
  /** What stands under the place instead of the distance: the leg of a walk. */
  leg?: string;
  place?: number;
}

export function TaskRow({ one, leg, place }: TaskRowProps) {
  const t = streetWords();
  const { task, case: of } = one;
  const answer = (Date.parse(task.expires_at) - moment.value) / 1000;
  const due = deadlineInWords(of);
  const away = here.value ? metresBetween([here.value.lon, here.value.lat], of.at) : null;
  return (
    <button
      type="button"
      class={`task-row task-row--${of.state}`}
      onClick={() => {
        openTask.value = task.id;
      }}
    >
      <span class="task-row__mark">
        {place !== undefined && <b>{place}</b>}
        <Mark state={markOf(of, moment.value)} size={20} />
      </span>
      <span class="task-row__what">
        <strong>{policyName('category', of.category)}</strong>
        <span class="quiet">
          {placeName(of)}
          {leg ? ` · ${leg}` : away !== null ? ` · ${t.straight(distance(away))}` : ''}
        </span>
        {of.description && <span class="one-line small">{of.description}</span>}
        <span class={due.late ? 'late small' : 'quiet small'}>{due.text}</span>
      </span>
      {of.state === 'offered' && (
        <span class="task-row__time">
          <b>{answer > 0 ? countdown(answer) : t.answerLate}</b>
          {task.expected_s !== null && <span class="quiet small">{t.away(duration(task.expected_s))}</span>}
        </span>
      )}
    </button>
  );
}

export function placeName(of: TaskWithCase['case']): string {
  const area = of.area ?? of.nearest_area;
  return of.street ? streetName(of.street) : area ? areaName(area) : '';
}

/** All of them on one map, numbered in the suggested order where it is known. */
function TasksOnMap() {
  const t = streetWords();
  useEffect(() => {
    if (here.peek()) void theRound.put({ lon: here.peek()?.lon ?? 0, lat: here.peek()?.lat ?? 0 });
  }, []);
  const marks = useComputed<readonly PhoneMark[]>(() => {
    const order = answerIn(theRound.asked.value)?.stops.map(stop => stop.task) ?? [];
    const own: PhoneMark[] = here.value ? [{ kind: 'me', at: [here.value.lon, here.value.lat] }] : [];
    return [
      ...tasks.value.map(({ task, case: of }): PhoneMark => {
        const place = order.indexOf(task.id);
        const kind = markOf(of, moment.peek()) === 'late' ? 'late' : 'task';
        return { kind, at: of.at, ...(place >= 0 ? { label: String(place + 1) } : {}) };
      }),
      ...own,
    ];
  });
  const places = tasks.value.map(one => one.case.at as Point);
  return <LazyMap marks={marks} box={boxAround(places)} label={t.views.map} />;
}

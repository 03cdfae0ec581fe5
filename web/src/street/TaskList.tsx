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
import { boxAround, gathered, metresBetween } from './map_box';
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

/** Nearer than this no way is told in minutes. */
export const CLOSE_BY_S = 30;

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
          {task.expected_s !== null && (
            <span class="quiet small">
              {task.expected_s < CLOSE_BY_S ? t.closeBy : t.away(duration(task.expected_s))}
            </span>
          )}
        </span>
      )}
    </button>
  );
}

export function placeName(of: TaskWithCase['case']): string {
  const area = of.area ?? of.nearest_area;
  return of.street ? streetName(of.street) : area ? areaName(area) : '';
}

/** Two marks cover each other when they stand nearer than this. */
const MARK_PX = 24;
const SCALE_AT_FIRST = 1;
/** Whoever is farther from all of it than this is left off the map, or nothing on it could be told apart. */
const NEAR_M = 1_500;

/** All of them on one map, numbered in the suggested order where it is known; what shares a place is counted. */
function TasksOnMap() {
  const t = streetWords();
  const scale = useSignal(SCALE_AT_FIRST);
  const touched = useSignal<string | null>(null);
  useEffect(() => {
    if (here.peek()) void theRound.put({ lon: here.peek()?.lon ?? 0, lat: here.peek()?.lat ?? 0 });
  }, []);
  const groups = useComputed(() => {
    const all = tasks.value;
    const places = all.map(one => one.case.at as Point);
    return gathered(places, scale.value * MARK_PX).map(group =>
      group.map(number => all[number] as TaskWithCase),
    );
  });
  const marks = useComputed<readonly PhoneMark[]>(() => {
    const own: PhoneMark[] = here.value ? [{ kind: 'me', at: [here.value.lon, here.value.lat] }] : [];
    return [...groups.value.map(markOfGroup), ...own];
  });
  const chosen = groups.value.find(group => group.some(one => one.task.id === touched.value));
  const places = tasks.value.map(one => one.case.at as Point);
  const me: Point | null = here.value && [here.value.lon, here.value.lat];
  const isNear = me !== null && places.some(place => metresBetween(place, me) < NEAR_M);
  return (
    <>
      <LazyMap
        marks={marks}
        box={boxAround(isNear ? [...places, me] : places)}
        label={t.views.map}
        onMark={id => {
          touched.value = id;
        }}
        onScale={metresAPixel => {
          scale.value = metresAPixel;
        }}
      />
      {chosen ? (
        <ul class="task-list" aria-label={t.atMark(chosen.length)} aria-live="polite">
          {chosen.map(one => (
            <li key={one.task.id}>
              <TaskRow one={one} />
            </li>
          ))}
        </ul>
      ) : (
        <p class="quiet small beside">{t.touchMark}</p>
      )}
    </>
  );
}

/** One mark for those that share a place: red if one of them is late; a single one says its place in the walk. */
function markOfGroup(group: readonly TaskWithCase[]): PhoneMark {
  const first = group[0] as TaskWithCase;
  const late = group.some(one => markOf(one.case, moment.peek()) === 'late');
  const order = answerIn(theRound.asked.value)?.stops.map(stop => stop.task) ?? [];
  const place = order.indexOf(first.task.id);
  const label = group.length > 1 ? `×${group.length}` : place >= 0 ? String(place + 1) : undefined;
  return {
    kind: late ? 'late' : 'task',
    at: first.case.at,
    id: first.task.id,
    ...(label ? { label } : {}),
  };
}

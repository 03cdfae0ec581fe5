import type { CaseItem } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { countdown, duration } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Mark } from '../shared/parts/Mark';
import { EmptyState, ErrorState, Skeleton, StaleNotice } from '../shared/parts/States';
import { answerIn } from '../shared/question';
import { markOf, secondsLeft } from '../wall/case_marks';
import { moment, openTask, type TaskWithCase, tasks, theStreets, theTasks } from './state';
import { streetWords } from './words';

/** Offers on top with their countdown, then what is under way by its deadline. */
export function TaskList() {
  const t = streetWords();
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
      {asked.state === 'failed' && <StaleNotice since={asked.earlierAt ?? Date.now()} retry={again} />}
      <ul class="task-list" aria-label={t.tasks}>
        {tasks.value.map(one => (
          <li key={one.task.id}>
            <TaskRow one={one} />
          </li>
        ))}
      </ul>
    </>
  );
}

function TaskRow({ one }: { one: TaskWithCase }) {
  const t = streetWords();
  const { task, case: of } = one;
  const answer = (Date.parse(task.expires_at) - moment.value) / 1000;
  return (
    <button
      type="button"
      class={`task-row task-row--${of.state}`}
      onClick={() => {
        openTask.value = task.id;
      }}
    >
      <Mark state={markOf(of, moment.value)} size={20} />
      <span class="task-row__what">
        <strong>{policyName('category', of.category)}</strong>
        <span class="quiet">{placeName(of)}</span>
      </span>
      <span class="task-row__time">
        {of.state === 'offered' ? (
          <b>{answer > 0 ? countdown(answer) : t.answerLate}</b>
        ) : (
          <Deadline of={of} />
        )}
        {task.expected_s !== null && of.state === 'offered' && (
          <span class="quiet small">{t.away(duration(task.expected_s))}</span>
        )}
      </span>
    </button>
  );
}

export function Deadline({ of }: { of: CaseItem }) {
  const t = streetWords();
  const left = secondsLeft(of, moment.value);
  if (left === null) return <span class="quiet">{t.noDeadline}</span>;
  return left >= 0 ? <span>{t.dueIn(duration(left))}</span> : <b class="late">{t.lateBy(duration(left))}</b>;
}

export function placeName(of: CaseItem): string {
  const street = answerIn(theStreets.asked.value)?.find(one => one.id === of.street);
  return street ? nameOf(street) : (of.area ?? of.nearest_area ?? '');
}

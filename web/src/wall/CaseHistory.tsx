import type { CaseEvent, Task, Whistle } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { clock, duration, shortMoment } from '../shared/formats';
import { language, nameOf } from '../shared/language';
import { postName } from '../shared/words';
import { actorInWords } from './actor_words';
import { wallWords, worded } from './words';

export function Whistles({ whistles }: { whistles: readonly Whistle[] }) {
  const t = wallWords();
  if (whistles.length === 0) return null;
  return (
    <section class="case__section">
      <h3>{t.whistles}</h3>
      {whistles.map(whistle => (
        <ul key={whistle.id} class="calls">
          {whistle.calls.map(call => (
            <li key={call.department}>
              <span>{policyName('department', call.department)}</span>
              <span class="quiet small">
                {worded(t.standings, call.standing)}
                {call.report_in_by && call.standing === 'called' && ` · ${t.due} ${clock(call.report_in_by)}`}
              </span>
            </li>
          ))}
        </ul>
      ))}
    </section>
  );
}

export function Offers({ tasks }: { tasks: readonly Task[] }) {
  const t = wallWords();
  if (tasks.length === 0) return null;
  return (
    <section class="case__section">
      <h3>{t.tasks}</h3>
      <ul class="calls">
        {tasks.map(task => (
          <li key={task.id}>
            <span>
              {nameOf({ name: task.responder_name ?? '', name_en: task.responder_name_en })}{' '}
              <span class="quiet small">{postName(task.post)}</span>
            </span>
            <span class="quiet small">
              {worded(t.taskStates, task.state)} · {clock(task.offered_at)}
            </span>
            <p class="quiet small">{language.value === 'en' ? task.reason_en : task.reason_zh}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What happened, the newest first, with how long each step took. */
export function History({ events }: { events: readonly CaseEvent[] }) {
  const t = wallWords();
  const newestFirst = events.toReversed();
  return (
    <section class="case__section">
      <h3>{t.history}</h3>
      <ol class="history">
        {newestFirst.map((event, place) => {
          const earlier = newestFirst[place + 1];
          const took = earlier ? (Date.parse(event.at) - Date.parse(earlier.at)) / 1000 : null;
          return (
            <li key={event.id}>
              <span class="history__what">{worded(t.actions, event.action)}</span>
              <time dateTime={event.at} title={shortMoment(event.at)}>
                {shortMoment(event.at)}
              </time>
              <span class="quiet small">
                {actorInWords(event)}
                {took !== null && took >= 1 && ` · +${duration(took)}`}
              </span>
              {event.reason && <p class="small">{event.reason}</p>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

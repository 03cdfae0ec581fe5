import { useEffect } from 'preact/hooks';
import { shortMoment } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Icon } from '../shared/parts/Icon';
import { answerIn } from '../shared/question';
import { postName } from '../shared/words';
import { actorInWords } from '../wall/actor_words';
import { wallWords } from '../wall/words';
import type { TaskWithCase } from './state';
import { type Contact, lastCards, theCard } from './tasks_api';
import { streetWords } from './words';

/** Whom to call, and what happened so far; what was last read stays when the network goes. */
export function TaskBackground({ one }: { one: TaskWithCase }) {
  const t = streetWords();
  const { task, case: of } = one;
  useEffect(() => void theCard.put({ task: task.id, of: of.id }), [task.id, of.events]);
  const asked = theCard.asked.value;
  const fresh = answerIn(asked);
  const known = fresh?.card.id === of.id ? fresh : lastCards.value[task.id];
  if (!known) return asked.state === 'failed' ? <p class="quiet small">{t.historyOffline}</p> : null;
  const actions: Record<string, string> = wallWords().actions;
  return (
    <>
      <section aria-label={t.callWhom} class="calls">
        <h2>{t.callWhom}</h2>
        {known.contacts.length === 0 && <p class="quiet">{t.callNobody}</p>}
        {known.contacts.map(contact => (
          <CallLink key={contact.phone} contact={contact} />
        ))}
      </section>
      <details class="history">
        <summary>{t.history}</summary>
        <ol>
          {known.card.history.map(event => (
            <li key={event.id}>
              <span class="quiet small">{shortMoment(event.phone_at ?? event.at)}</span>{' '}
              <b>{actions[event.action] ?? event.action}</b> {actorInWords(event)}
              {event.reason && <span class="quiet"> · {event.reason}</span>}
            </li>
          ))}
        </ol>
      </details>
    </>
  );
}

function CallLink({ contact }: { contact: Contact }) {
  const t = streetWords();
  const name = nameOf(contact);
  return (
    <a class="button" href={`tel:${contact.phone.replace(/[^\d+]/g, '')}`}>
      <Icon name="phone" />
      <span class="button__label">
        {t.call(name)} · {t.callWhy[contact.why] ?? postName(contact.post)} · {contact.phone}
      </span>
    </a>
  );
}

import { useState } from 'preact/hooks';
import { Problem } from '../shared/api';
import { type CaseCard, fetchCase } from '../shared/case_api';
import { shortMoment } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { actorInWords } from '../wall/actor_words';
import { wallWords } from '../wall/words';
import type { OurCall } from './calls';
import { departmentWords } from './words';

/** What happened to the case so far, asked for when somebody wants to know; and why we were called. */
export function CallHistory({ one }: { one: OurCall }) {
  const t = departmentWords();
  const [card, setCard] = useState<CaseCard | null>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const show = async () => {
    setBusy(true);
    try {
      setCard(await fetchCase(one.case.id, new AbortController().signal));
      setProblem('');
    } catch (error) {
      setProblem(error instanceof Problem ? error.detail || error.title : String(error));
    }
    setBusy(false);
  };
  if (!card) {
    return (
      <>
        {problem && (
          <p class="notice" role="alert">
            {problem}
          </p>
        )}
        <Button look="quiet" icon="document" busy={busy} onClick={() => void show()}>
          {t.showHistory}
        </Button>
      </>
    );
  }
  const actions: Record<string, string> = wallWords().actions;
  return (
    <section aria-label={t.history} class="call__history">
      <h3>{t.history}</h3>
      <ol>
        {card.history.map(event => (
          <li key={event.id}>
            <span class="quiet small">{shortMoment(event.phone_at ?? event.at)}</span>{' '}
            <b>{actions[event.action] ?? event.action}</b> {actorInWords(event)}
            {event.reason && <span class="quiet"> · {event.reason}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

import { useState } from 'preact/hooks';
import { ask, type Page, Problem } from '../shared/api';
import { actOnCase, type CaseItem } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { shortMoment } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { EmptyState, Shown } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import { question } from '../shared/question';
import { ReasonForm } from '../street/ReasonForm';
import { reportWords } from './words';

export const theReports = question<CaseItem[]>((_, stop) =>
  ask<Page<CaseItem>>('/cases', { query: { limit: 50 }, signal: stop }).then(page => page.items),
);

/** What I reported and how it stands; a closed one can be rated, and opened again once. */
export function MyReports() {
  const t = reportWords();
  return (
    <section aria-label={t.mine}>
      <h2>{t.mine}</h2>
      <Shown asked={theReports.asked.value} retry={() => void theReports.put()} skeletonLines={3}>
        {reports =>
          reports.length === 0 ? (
            <EmptyState title={t.none}>{t.noneHint}</EmptyState>
          ) : (
            <ul class="task-list">
              {reports.map(one => (
                <li key={one.id}>
                  <Report one={one} />
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

const STARS = [1, 2, 3, 4, 5] as const;

function Report({ one }: { one: CaseItem }) {
  const t = reportWords();
  const [asking, setAsking] = useState(false);
  const act = async (name: string, body: Record<string, unknown>) => {
    try {
      await actOnCase(one.id, name, body);
    } catch (error) {
      if (error instanceof Problem) say(error.detail || error.title);
    }
    setAsking(false);
    await theReports.put();
  };
  return (
    <article class="report__one">
      <header>
        <strong>{policyName('category', one.category)}</strong>
        <span class="quiet small">
          {t.number(one.number)} · {t.reportedAt(shortMoment(one.reported_at))}
        </span>
      </header>
      <p>{t.states[one.state]}</p>
      {one.state === 'closed' && one.satisfaction === null && (
        <fieldset class="place-field">
          <legend>{t.rate}</legend>
          {STARS.map(satisfaction => (
            <Button key={satisfaction} look="quiet" onClick={() => void act('evaluate', { satisfaction })}>
              {t.stars(satisfaction)}
            </Button>
          ))}
        </fieldset>
      )}
      {one.satisfaction !== null && <p class="quiet">{t.rated(one.satisfaction)}</p>}
      {one.state === 'closed' && one.reopened === 0 && (
        <Button onClick={() => setAsking(true)}>{t.reopen}</Button>
      )}
      {asking && (
        <ReasonForm
          title={t.reopenWhy}
          onClose={() => setAsking(false)}
          onSend={reason => void act('reopen', { reason })}
        />
      )}
    </article>
  );
}

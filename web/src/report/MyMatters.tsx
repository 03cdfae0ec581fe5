import { useEffect, useState } from 'preact/hooks';
import { ask, type Page, Problem } from '../shared/api';
import type { CaseItem } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { shortMoment } from '../shared/formats';
import { Button, IconButton } from '../shared/parts/Button';
import { Field } from '../shared/parts/Field';
import { EmptyState, Shown } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import { question } from '../shared/question';
import { session } from '../shared/session';
import { follow } from './api';
import { forget, type Mine, mine, remember, waiting } from './sending';
import { go, hashOf } from './where';
import { reportWords } from './words';

const theReports = question<CaseItem[]>((_, stop) =>
  ask<Page<CaseItem>>('/cases', { query: { limit: 50 }, signal: stop }).then(page => page.items),
);

/** What was sent from this phone, and a door for whoever has a number from elsewhere. */
export function MyMatters() {
  const t = reportWords();
  return (
    <>
      <h1 tabIndex={-1}>{t.mine}</h1>
      <Waiting />
      <LookUp />
      <section aria-labelledby="mine-here">
        <h2 id="mine-here">{t.mineHere}</h2>
        {mine.value.length === 0 ? (
          <EmptyState title={t.none}>{t.noneHint}</EmptyState>
        ) : (
          <ul class="cards">
            {mine.value.map(one => (
              <li key={one.tracking}>
                <Row one={one} />
              </li>
            ))}
          </ul>
        )}
      </section>
      {session.value?.signed_in && <OfAccount />}
    </>
  );
}

function Waiting() {
  const t = reportWords();
  if (waiting.value.length === 0) return null;
  return (
    <section class="notice" role="status">
      <p>{t.waitingTitle(waiting.value.length)}</p>
      <ul>
        {waiting.value.map(one => (
          <li key={one.id}>
            {`${one.body.category ? policyName('category', one.body.category) : policyName('kind', one.body.kind)} · ${shortMoment(one.madeAt)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

function LookUp() {
  const t = reportWords();
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState('');
  const look = async () => {
    setWrong('');
    try {
      const found = await follow(text.trim());
      go({ view: 'follow', tracking: found.tracking });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setWrong(error.status === 404 ? t.lookUpBad : error.detail || error.title);
    }
  };
  return (
    <form
      class="part"
      aria-label={t.lookUp}
      onSubmit={event => {
        event.preventDefault();
        void look();
      }}
    >
      <Field label={t.lookUpField} hint={t.lookUpHint} error={wrong || undefined}>
        {attributes => (
          <input
            {...attributes}
            autocomplete="off"
            autocapitalize="characters"
            maxLength={60}
            value={text}
            onInput={event => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button type="submit" icon="search" disabled={!text.trim()}>
        {t.look}
      </Button>
    </form>
  );
}

/** Off this phone; the code is nowhere else, so it can be had back. */
function takeAway(one: Mine): void {
  void forget(one.tracking);
  say(reportWords().forgotten, () => void remember(one));
}

function Row({ one }: { one: Mine }) {
  const t = reportWords();
  const [state, setState] = useState(one.seen);
  useEffect(() => {
    follow(one.tracking)
      .then(found => setState(found.state))
      .catch(() => undefined);
  }, [one.tracking]);
  return (
    <article class="card card--row">
      <a href={hashOf({ view: 'follow', tracking: one.tracking })}>
        <strong>{policyName('category', one.category) || t.number(one.number)}</strong>
        <span class="quiet small">{`${t.number(one.number)} · ${shortMoment(one.sentAt)}`}</span>
        <span class={`state state--${state}`}>
          {t.states[state as keyof typeof t.states] ?? state}
          {state !== one.seen && <b class="tag">{t.news}</b>}
        </span>
      </a>
      <IconButton icon="close" label={t.forgetThis} onClick={() => takeAway(one)} />
    </article>
  );
}

/** Whoever has an account as a resident finds what he sent from other machines too. */
function OfAccount() {
  const t = reportWords();
  useEffect(() => void theReports.put(), []);
  return (
    <section aria-labelledby="of-account">
      <h2 id="of-account">{t.inAccount}</h2>
      <Shown asked={theReports.asked.value} retry={() => void theReports.put()} skeletonLines={3}>
        {reports =>
          reports.length === 0 ? (
            <p class="quiet">{t.none}</p>
          ) : (
            <ul class="cards">
              {reports.map(one => (
                <li key={one.id} class="card">
                  <strong>{policyName('category', one.category)}</strong>
                  <span class="quiet small">{`${t.number(one.number)} · ${shortMoment(one.reported_at)}`}</span>
                  <span class={`state state--${one.state}`}>{t.states[one.state]}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  );
}

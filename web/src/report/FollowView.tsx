import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../shared/api';
import { policyName } from '../shared/classification';
import { clock, date, shortMoment, weekday } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { Check } from '../shared/parts/Field';
import { Shown } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import { postName } from '../shared/words';
import { ReasonForm } from '../street/ReasonForm';
import { actOn, chooseMessages, type Followed, photographAddress, theFollowed, theForm } from './api';
import { mine, remember } from './sending';
import { linkTo } from './where';
import { reportWords } from './words';

const LOOK_EVERY_MS = 20_000;

/** How one matter stands: the state in large words, what happened, what was done, and what one may say to it. */
export function FollowView({ tracking }: { tracking: string }) {
  const again = () => void theFollowed.put(tracking);
  useEffect(() => {
    theFollowed.forget();
    again();
    const timer = setInterval(() => !document.hidden && again(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [tracking]);
  const asked = theFollowed.asked.value;
  const state = answerIn(asked)?.state;
  useEffect(() => {
    const one = answerIn(theFollowed.asked.value);
    if (!one) return;
    const known = mine.value.find(other => other.tracking === one.tracking);
    if (known && known.seen !== one.state) announce(one);
    void remember({
      number: one.number,
      tracking: one.tracking,
      kind: one.may === 'own' ? one.kind : null,
      category: one.category,
      sentAt: one.reported_at,
      seen: one.state,
    });
  }, [state]);
  return (
    <Shown asked={asked} retry={again} skeletonLines={8}>
      {one => <Matter one={one} />}
    </Shown>
  );
}

/** Say it aloud on this phone, where somebody asked for it. */
function announce(one: Followed): void {
  const t = reportWords();
  const words = t.notification(one.number, t.states[one.state]);
  say(words);
  if ('Notification' in window && Notification.permission === 'granted') new Notification(words);
}

function Matter({ one }: { one: Followed }) {
  const t = reportWords();
  return (
    <>
      <h1 tabIndex={-1}>{policyName('category', one.category)}</h1>
      <p class="quiet">{`${t.number(one.number)} · ${t.reportedAt(shortMoment(one.reported_at))}`}</p>
      <p class={`state state--${one.state}`} role="status">
        {t.states[one.state]}
        {one.outcome && ` · ${t.outcomes[one.outcome as keyof typeof t.outcomes] ?? one.outcome}`}
      </p>
      {one.due_at && <p>{t.dueBy(`${date(one.due_at)} ${clock(one.due_at)}`)}</p>}
      {one.visit && (
        <p>
          {t.visitAt(
            `${date(`${one.visit.day}T12:00:00+08:00`)} ${weekday(`${one.visit.day}T12:00:00+08:00`)} ${one.visit.slot}`,
          )}
        </p>
      )}
      {one.continues_as && <p class="notice">{t.continues(one.continues_as)}</p>}
      {one.may === 'watch' && <p class="quiet">{t.watching}</p>}
      <Pictures title={t.whatWasDone} one={one} names={one.done} />
      <Verdict one={one} />
      <h2>{t.history}</h2>
      <ol class="happened">
        {[...one.steps].reverse().map(step => (
          <li key={`${step.at}${step.what}`}>
            <strong>
              {t.happened[step.what as keyof typeof t.happened] ?? step.what}
              {step.post && ` · ${postName(step.post)}`}
            </strong>
            <span class="quiet small">{shortMoment(step.at)}</span>
            {step.reason && <p>{step.reason}</p>}
          </li>
        ))}
      </ol>
      {one.description && (
        <>
          <h2>{t.youSaid}</h2>
          <p class="said">{one.description}</p>
        </>
      )}
      <Pictures title={t.youSent} one={one} names={one.photographs} />
      <Messages one={one} />
      <Keep tracking={one.tracking} />
    </>
  );
}

/** Text messages of progress: asked for, or no longer wanted. */
function Messages({ one }: { one: Followed }) {
  const t = reportWords();
  const [busy, setBusy] = useState(false);
  if (one.tell === null) return null;
  const choose = async (tell: boolean) => {
    setBusy(true);
    try {
      await chooseMessages(one.tracking, tell);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(error.detail || error.title);
    }
    await theFollowed.put(one.tracking);
    setBusy(false);
  };
  return (
    <Check checked={one.tell} disabled={busy} onCheck={tell => void choose(tell)}>
      {t.tell}
    </Check>
  );
}

function Pictures({ title, one, names }: { title: string; one: Followed; names: readonly string[] }) {
  const t = reportWords();
  if (names.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <div class="pictures">
        {names.map((name, index) => (
          <a key={name} href={photographAddress(one.tracking, name)} target="_blank" rel="noreferrer">
            <img
              src={photographAddress(one.tracking, name)}
              alt={`${title}: ${t.photograph(index + 1)}`}
              loading="lazy"
            />
          </a>
        ))}
      </div>
    </section>
  );
}

const STARS = [1, 2, 3, 4, 5] as const;

/** Rating, and once the way back. */
function Verdict({ one }: { one: Followed }) {
  const t = reportWords();
  const [asking, setAsking] = useState(false);
  const days = answerIn(theForm.asked.value)?.reopen_days ?? 0;
  const act = async (what: 'rating' | 'reopen', body: Record<string, unknown>, done: string) => {
    try {
      await actOn(one.tracking, what, body);
      say(done);
      setAsking(false);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(error.detail || error.title);
    }
    await theFollowed.put(one.tracking);
  };
  return (
    <>
      {one.can_rate && (
        <fieldset class="part">
          <legend>{t.rate}</legend>
          <div class="stars">
            {STARS.map(satisfaction => (
              <Button
                key={satisfaction}
                icon="star"
                onClick={() => void act('rating', { satisfaction }, t.thanks)}
              >
                {t.stars(satisfaction)}
              </Button>
            ))}
          </div>
        </fieldset>
      )}
      {one.satisfaction !== null && <p>{t.rated(one.satisfaction)}</p>}
      {one.can_reopen && (
        <div class="part">
          <Button icon="replay" onClick={() => setAsking(true)}>
            {t.reopen}
          </Button>
          <p class="quiet small">{t.reopenHint(days)}</p>
        </div>
      )}
      {asking && (
        <ReasonForm
          title={t.reopenWhy}
          onClose={() => setAsking(false)}
          onSend={reason => void act('reopen', { reason }, t.reopened)}
        />
      )}
    </>
  );
}

/** The number and code, to be kept. */
export function Keep({ tracking }: { tracking: string }) {
  const t = reportWords();
  const [told, setTold] = useState('Notification' in window && Notification.permission === 'granted');
  return (
    <section class="keep" aria-label={t.sentNumber}>
      <h2>{t.sentNumber}</h2>
      <p class="keep__code">{tracking}</p>
      <p class="quiet small">{t.sentHint}</p>
      <div class="part__ways">
        {/* Over plain HTTP a browser lends no clipboard. */}
        {'clipboard' in navigator && (
          <Button
            icon="copy"
            onClick={() => void navigator.clipboard.writeText(linkTo(tracking)).then(() => say(t.copied))}
          >
            {t.copy}
          </Button>
        )}
        {'Notification' in window && (
          <Button
            icon="bell"
            disabled={told}
            onClick={() => void Notification.requestPermission().then(said => setTold(said === 'granted'))}
          >
            {told ? t.tellHereOn : t.tellHere}
          </Button>
        )}
      </div>
    </section>
  );
}

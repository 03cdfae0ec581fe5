import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../shared/api';
import type { Call, CaseItem, Whistle } from '../shared/case_api';
import { policyName, theClassification } from '../shared/classification';
import { coordinates, dateAndTime, number, shortMoment } from '../shared/formats';
import { Bar } from '../shared/parts/Bar';
import { Button } from '../shared/parts/Button';
import { Facts } from '../shared/parts/Panel';
import { EmptyState, ErrorState, Shown, Skeleton } from '../shared/parts/States';
import { SyntheticTag } from '../shared/parts/SyntheticTag';
import { Tabs } from '../shared/parts/Tabs';
import { say } from '../shared/parts/Toast';
import { question } from '../shared/question';
import { readSession, session, sessionProblem, signInAddress } from '../shared/session';
import { departmentWords } from './words';
import './department.css';

interface WhistleWithCase {
  whistle: Whistle;
  case: CaseItem;
}

/** One call to one department, with where it came from. */
interface OurCall extends WhistleWithCase {
  call: Call;
}

type Step = 'report-in' | 'arrive' | 'done';
const NEXT: Record<string, Step | undefined> = {
  called: 'report-in',
  reported_in: 'arrive',
  arrived: 'done',
};
const REFRESH_MS = 15_000;

const theCalls = question<WhistleWithCase[]>((_, stop) =>
  ask<WhistleWithCase[]>('/whistles', { query: { limit: 200 }, signal: stop }),
);
const shown = signal<'waiting' | 'past'>('waiting');
const moment = signal(Date.now());
setInterval(() => {
  moment.value = Date.now();
}, 10_000);

/** What a department was called to, and its own steps from the call to done. */
export function DepartmentPage() {
  const t = departmentWords();
  useEffect(() => void readSession(), []);
  const here = session.value;
  if (!here) {
    return sessionProblem.value ? (
      <ErrorState problem={sessionProblem.value} retry={() => void readSession()} />
    ) : (
      <Skeleton lines={8} />
    );
  }
  return (
    <div class="department">
      <Bar page="department" links={['district', 'department']} acts={<SyntheticTag />} />
      <main>
        {here.signed_in ? (
          <Calls />
        ) : (
          <EmptyState
            icon="sign-in"
            title={t.signInFirst}
            act={
              <a class="button button--primary" href={signInAddress()}>
                {t.signIn}
              </a>
            }
          />
        )}
      </main>
    </div>
  );
}

function Calls() {
  const t = departmentWords();
  const again = () => void theCalls.put();
  useEffect(() => {
    again();
    void theClassification.put();
    const timer = setInterval(() => !document.hidden && again(), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <h1>{t.calls}</h1>
      <Shown asked={theCalls.asked.value} retry={again}>
        {found => <CallList all={oursIn(found)} />}
      </Shown>
    </>
  );
}

function oursIn(found: readonly WhistleWithCase[]): OurCall[] {
  const own = new Set(session.value?.grants.map(grant => grant.department).filter(Boolean));
  return found.flatMap(one =>
    one.whistle.calls
      .filter(call => own.size === 0 || own.has(call.department))
      .map(call => ({ ...one, call })),
  );
}

function CallList({ all }: { all: readonly OurCall[] }) {
  const t = departmentWords();
  const waiting = all.filter(one => NEXT[one.call.standing]);
  const past = all.filter(one => !NEXT[one.call.standing]);
  const list = shown.value === 'waiting' ? waiting : past;
  return (
    <Tabs
      label={t.calls}
      open={shown.value}
      onOpen={name => {
        shown.value = name;
      }}
      tabs={[
        { id: 'waiting', title: t.waiting, count: number(waiting.length) },
        { id: 'past', title: t.past, count: number(past.length) },
      ]}
    >
      {list.length === 0 ? (
        <EmptyState icon="whistle" title={t.none}>
          {t.noneHint}
        </EmptyState>
      ) : (
        <ul class="calls-list">
          {list.map(one => (
            <li key={`${one.whistle.id}/${one.call.department}`}>
              <CallCard one={one} />
            </li>
          ))}
        </ul>
      )}
    </Tabs>
  );
}

function CallCard({ one: { whistle, call, case: of } }: { one: OurCall }) {
  const t = departmentWords();
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState('');
  const step = NEXT[call.standing];
  const late =
    call.standing === 'called' && call.report_in_by && Date.parse(call.report_in_by) < moment.value;
  const go = async () => {
    if (!step) return;
    setBusy(true);
    try {
      const body = { department: call.department, reason: reason.trim(), client_id: crypto.randomUUID() };
      await ask(`/whistles/${whistle.id}/${step}`, { method: 'POST', body });
      setReason('');
    } catch (error) {
      if (error instanceof Problem) say(error.detail || error.title);
    }
    await theCalls.put();
    setBusy(false);
  };
  return (
    <article class="call">
      <header>
        <h2>{policyName('category', of.category)}</h2>
        <span class={late ? 'tag tag--warning' : 'tag'}>{late ? t.late : t.standings[standingOf(call)]}</span>
      </header>
      <Facts
        of={[
          [t.matter, `${whistle.matter} · ${policyName('department', call.department)}`],
          [t.case, `${t.number(of.number)} · ${coordinates(of.at[0], of.at[1])}`],
          [t.calledBy, whistle.called_by],
          [t.calledAt, dateAndTime(whistle.called_at)],
          call.report_in_by !== null && [t.reportInBy, shortMoment(call.report_in_by)],
          call.obligatory && [t.obligatory, '✓'],
          call.score !== null && [t.score, t.stars(call.score)],
        ]}
      />
      {of.description && <p>{of.description}</p>}
      {step && (
        <footer>
          {step === 'done' && (
            <textarea
              aria-label={t.evidence}
              placeholder={t.evidence}
              rows={2}
              value={reason}
              onInput={event => setReason(event.currentTarget.value)}
            />
          )}
          <Button look="primary" busy={busy} onClick={() => void go()}>
            {t.steps[step]}
          </Button>
        </footer>
      )}
    </article>
  );
}

function standingOf(call: Call): keyof ReturnType<typeof departmentWords>['standings'] {
  return call.standing as keyof ReturnType<typeof departmentWords>['standings'];
}

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { theClassification } from '../shared/classification';
import { number } from '../shared/formats';
import { Bar } from '../shared/parts/Bar';
import { EmptyState, ErrorState, Shown, Skeleton } from '../shared/parts/States';
import { SyntheticTag } from '../shared/parts/SyntheticTag';
import { Tabs } from '../shared/parts/Tabs';
import { readSession, session, sessionProblem, signInAddress } from '../shared/session';
import { CallCard } from './CallCard';
import { byPressure, NEXT, type OurCall, oursIn, reportedOnTime, theCalls } from './calls';
import { departmentWords } from './words';
import './department.css';

const REFRESH_MS = 15_000;
const shown = signal<'waiting' | 'past'>('waiting');

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

function CallList({ all }: { all: readonly OurCall[] }) {
  const t = departmentWords();
  const waiting = all.filter(one => NEXT[one.call.standing]).sort(byPressure);
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
      {shown.value === 'past' && past.length > 0 && <PastInWords past={past} />}
      {list.length === 0 ? (
        <EmptyState icon="whistle" title={shown.value === 'past' ? t.pastNone : t.none}>
          {shown.value === 'past' ? null : t.noneHint}
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

/** How we answered, and what those who called thought of it. */
function PastInWords({ past }: { past: readonly OurCall[] }) {
  const t = departmentWords();
  const scores = past.map(one => one.call.score).filter(score => score !== null);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return (
    <p class="quiet past-words">
      {t.pastSummary(past.length, past.filter(reportedOnTime).length)}
      {scores.length > 0 && ` · ${t.ratingAverage(number(mean, 1), scores.length)}`}
    </p>
  );
}

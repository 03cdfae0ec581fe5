import { useState } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { coordinates, countdown, dateAndTime, distance } from '../shared/formats';
import { language } from '../shared/language';
import { Button, IconButton } from '../shared/parts/Button';
import { Contact } from '../shared/parts/Contact';
import { Mark } from '../shared/parts/Mark';
import { Facts } from '../shared/parts/Panel';
import { EmptyState } from '../shared/parts/States';
import { placeInWords } from '../shared/place_names';
import { may } from '../shared/session';
import { sharedWords } from '../shared/words';
import { markOf } from '../wall/case_marks';
import { deadlineInWords } from './deadline';
import { EndingForm } from './EndingForm';
import { thumbnail } from './keep_photographs';
import { metresBetween } from './map_box';
import { here } from './place';
import { sayHow } from './QueueView';
import { ReasonForm } from './ReasonForm';
import { keep } from './sender';
import { moment, openTask, type TaskWithCase, tasks } from './state';
import { TaskBackground } from './TaskBackground';
import { TaskWay } from './TaskWay';
import { WhistleForm } from './WhistleForm';
import { streetWords } from './words';

type Step = 'accept' | 'on-my-way' | 'arrive' | 'resolve';
type Asking = 'decline' | 'help' | 'more-time' | 'whistle' | 'arrive' | 'resolve';

/** The next step of a task, from how its case stands. */
export function nextStep({ task, case: of }: TaskWithCase): Step | null {
  if (of.state === 'offered') return 'accept';
  if (of.state === 'accepted') return task.on_my_way_at ? 'arrive' : 'on-my-way';
  return of.state === 'on_site' ? 'resolve' : null;
}

const FAR_OFF_M = 150;

/** One task: what, where, by when, why me; and the next step as one big button. */
export function TaskView({ id }: { id: string }) {
  const t = streetWords();
  const one = tasks.value.find(each => each.task.id === id);
  const [asking, setAsking] = useState<Asking | null>(null);
  const back = () => {
    openTask.value = null;
  };
  if (!one) {
    return (
      <EmptyState icon="done" title={t.noTasks} act={<Button onClick={back}>{sharedWords().back}</Button>} />
    );
  }
  const { task, case: of } = one;
  const step = nextStep(one);
  const away = here.value ? metresBetween([here.value.lon, here.value.lat], of.at) : null;
  const go = () => {
    if (step === 'resolve') return setAsking('resolve');
    if (step === 'arrive' && away !== null && away > FAR_OFF_M) return setAsking('arrive');
    if (step) void sendStep(one, step, t.steps[step]);
  };
  const answer = (Date.parse(task.expires_at) - moment.value) / 1000;
  const due = deadlineInWords(of);
  return (
    <article class="task">
      <header class="task__head">
        <IconButton icon="chevron-left" size={24} label={sharedWords().back} onClick={back} />
        <h1>{policyName('category', of.category)}</h1>
        <Mark state={markOf(of, moment.value)} word />
      </header>
      <div class="task__body">
        {of.state === 'offered' && (
          <p class="notice">{answer > 0 ? t.answerWithin(countdown(answer)) : t.answerLate}</p>
        )}
        <Facts
          of={[
            [t.deadline, due.late ? <b class="late">{due.text}</b> : due.text],
            [t.where, `${placeInWords(of)} · ${coordinates(of.at[0], of.at[1])}`],
            [t.description, of.description || undefined],
            [t.why, language.value === 'en' ? task.reason_en : task.reason_zh],
            [t.reportedAt, dateAndTime(of.reported_at)],
          ]}
        />
        <Contact caseId={of.id} source={of.source} />
        {of.photographs.length > 0 && (
          <section aria-label={t.photos(of.photographs.length)} class="shots">
            {of.photographs.map((name, place) => (
              <a key={name} href={`/api/v1/photographs/${name}`} target="_blank" rel="noreferrer">
                <img alt={t.photo(place + 1)} loading="lazy" src={thumbnail(name)} />
              </a>
            ))}
          </section>
        )}
        <TaskWay one={one} />
        <TaskBackground one={one} />
      </div>
      <footer class="task__foot">
        <MoreActs one={one} onAsk={setAsking} />
        {step && (
          <Button look="primary" class="task__next" onClick={go}>
            {t.steps[step]}
          </Button>
        )}
      </footer>
      <Asked one={one} asking={asking} away={away} onClose={() => setAsking(null)} />
    </article>
  );
}

/** Beside the next step: say no, ask for hands, time or departments. */
function MoreActs({ one: { case: of }, onAsk }: { one: TaskWithCase; onAsk: (what: Asking) => void }) {
  const t = streetWords();
  const handles = of.state === 'accepted' || of.state === 'on_site';
  return (
    <div class="task__more">
      {of.state === 'offered' && <Button onClick={() => onAsk('decline')}>{t.decline}</Button>}
      {handles && (
        <Button icon="siren" onClick={() => onAsk('help')}>
          {t.help}
        </Button>
      )}
      {handles && (
        <Button icon="clock" onClick={() => onAsk('more-time')}>
          {t.moreTime}
        </Button>
      )}
      {handles && may('blow_whistle') && (
        <Button icon="whistle" onClick={() => onAsk('whistle')}>
          {t.whistle}
        </Button>
      )}
    </div>
  );
}

interface AskedProps {
  one: TaskWithCase;
  asking: Asking | null;
  away: number | null;
  onClose: () => void;
}

/** The question that an act needs answered first. */
function Asked({ one, asking, away, onClose }: AskedProps) {
  const t = streetWords();
  const { task, case: of } = one;
  const tell = (path: string, label: string) => (reason: string) =>
    void keepAndSay(one, path, label, { reason }).then(kept => kept && onClose());
  switch (asking) {
    case 'decline':
      return (
        <ReasonForm
          title={t.declineWhy}
          onClose={onClose}
          onSend={tell(`/tasks/${task.id}/decline`, t.decline)}
        />
      );
    case 'help':
      return <ReasonForm title={t.helpWhy} onClose={onClose} onSend={tell(`/cases/${of.id}/help`, t.help)} />;
    case 'more-time':
      return (
        <ReasonForm
          title={t.moreTimeWhy}
          onClose={onClose}
          onSend={tell(`/cases/${of.id}/ask-for-time`, t.moreTime)}
        />
      );
    case 'arrive':
      return (
        <ReasonForm
          title={away === null ? t.farOff : t.farOffBy(distance(away))}
          onClose={onClose}
          onSend={tell(`/tasks/${task.id}/arrive`, t.steps.arrive)}
        />
      );
    case 'whistle':
      return <WhistleForm one={one} onClose={onClose} />;
    case 'resolve':
      return <EndingForm one={one} onClose={onClose} />;
    default:
      return null;
  }
}

function sendStep(one: TaskWithCase, step: Step, label: string): Promise<boolean> {
  return keepAndSay(one, `/tasks/${one.task.id}/${step}`, label, {});
}

/** Keep an act on a task and say what became of it; false when it could neither be kept nor sent. */
export async function keepAndSay(
  one: TaskWithCase,
  path: string,
  label: string,
  body: Record<string, unknown>,
): Promise<boolean> {
  const at = path.endsWith('/arrive') && here.value ? { lon: here.value.lon, lat: here.value.lat } : {};
  const came = await keep({
    kind: path.startsWith('/tasks') ? 'step' : 'act',
    label: `${label} · ${policyName('category', one.case.category)}`,
    path,
    body: { phone_at: new Date().toISOString(), ...at, ...body },
  });
  sayHow(came);
  return came !== 'full';
}

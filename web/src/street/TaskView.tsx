import { lazy, Suspense } from 'preact/compat';
import { useState } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { coordinates, countdown, dateAndTime } from '../shared/formats';
import { language } from '../shared/language';
import { Button, IconButton } from '../shared/parts/Button';
import { Mark } from '../shared/parts/Mark';
import { Facts } from '../shared/parts/Panel';
import { EmptyState, Skeleton } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import { sharedWords } from '../shared/words';
import { markOf } from '../wall/case_marks';
import { EndingForm } from './EndingForm';
import { here } from './place';
import { ReasonForm } from './ReasonForm';
import { keep } from './sender';
import { moment, openTask, type TaskWithCase, tasks } from './state';
import { Deadline, placeName } from './TaskList';
import { streetWords } from './words';

const TaskMap = lazy(() => import('./TaskMap'));

type Step = 'accept' | 'on-my-way' | 'arrive' | 'resolve';

/** The next step of a task, from how its case stands. */
export function nextStep({ task, case: of }: TaskWithCase): Step | null {
  if (of.state === 'offered') return 'accept';
  if (of.state === 'accepted') return task.on_my_way_at ? 'arrive' : 'on-my-way';
  return of.state === 'on_site' ? 'resolve' : null;
}

const FAR_OFF_M = 150;

function metresTo([lon, lat]: readonly [number, number]): number | null {
  if (!here.value) return null;
  const east = (here.value.lon - lon) * 111_320 * Math.cos((lat * Math.PI) / 180);
  return Math.hypot(east, (here.value.lat - lat) * 110_540);
}

/** One task: what, where, by when, why me; and the next step as one big button. */
export function TaskView({ id }: { id: string }) {
  const t = streetWords();
  const one = tasks.value.find(each => each.task.id === id);
  const [asking, setAsking] = useState<'decline' | 'help' | 'arrive' | 'resolve' | null>(null);
  const [withMap, setWithMap] = useState(false);
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
  const send = async (path: string, label: string, body: Record<string, unknown> = {}) => {
    const at = here.value ? { lon: here.value.lon, lat: here.value.lat } : {};
    const place = path.endsWith('/arrive') ? at : {};
    const now = await keep({
      kind: path.startsWith('/tasks') ? 'step' : 'act',
      label: `${label} · ${policyName('category', of.category)}`,
      path,
      body: { phone_at: new Date().toISOString(), ...place, ...body },
    });
    say(now ? t.sent : t.kept);
    setAsking(null);
  };
  const go = () => {
    if (step === 'resolve') return setAsking('resolve');
    const away = step === 'arrive' ? metresTo(of.at) : null;
    if (away !== null && away > FAR_OFF_M) return setAsking('arrive');
    if (step) void send(`/tasks/${task.id}/${step}`, t.steps[step]);
  };
  const answer = (Date.parse(task.expires_at) - moment.value) / 1000;
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
            [t.deadline, <Deadline key="due" of={of} />],
            [t.where, `${placeName(of)} · ${coordinates(of.at[0], of.at[1])}`],
            [t.description, of.description || undefined],
            [t.why, language.value === 'en' ? task.reason_en : task.reason_zh],
            [sharedWords().states.new, dateAndTime(of.reported_at)],
          ]}
        />
        {of.photographs.length > 0 && (
          <section aria-label={t.photos(of.photographs.length)} class="shots">
            {of.photographs.map(name => (
              <img key={name} alt="" loading="lazy" src={`/api/v1/photographs/${name}?size=thumbnail`} />
            ))}
          </section>
        )}
        {withMap ? (
          <Suspense fallback={<Skeleton lines={4} />}>
            <TaskMap at={of.at} />
          </Suspense>
        ) : (
          <Button icon="map" onClick={() => setWithMap(true)}>
            {t.openMap}
          </Button>
        )}
      </div>
      <footer class="task__foot">
        <div class="task__more">
          {of.state === 'offered' && <Button onClick={() => setAsking('decline')}>{t.decline}</Button>}
          {(of.state === 'accepted' || of.state === 'on_site') && (
            <Button icon="siren" onClick={() => setAsking('help')}>
              {t.help}
            </Button>
          )}
        </div>
        {step && (
          <Button look="primary" class="task__next" onClick={go}>
            {t.steps[step]}
          </Button>
        )}
      </footer>
      {asking === 'decline' && (
        <ReasonForm
          title={t.declineWhy}
          onClose={() => setAsking(null)}
          onSend={reason => void send(`/tasks/${task.id}/decline`, t.decline, { reason })}
        />
      )}
      {asking === 'help' && (
        <ReasonForm
          title={t.helpWhy}
          onClose={() => setAsking(null)}
          onSend={reason => void send(`/cases/${of.id}/help`, t.help, { reason })}
        />
      )}
      {asking === 'arrive' && (
        <ReasonForm
          title={t.farOff}
          onClose={() => setAsking(null)}
          onSend={reason => void send(`/tasks/${task.id}/arrive`, t.steps.arrive, { reason })}
        />
      )}
      {asking === 'resolve' && <EndingForm one={one} onClose={() => setAsking(null)} />}
    </article>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { theClassification } from '../shared/classification';
import { LanguageSwitch, ThemeSwitch } from '../shared/parts/Bar';
import { Icon, type IconName } from '../shared/parts/Icon';
import { EmptyState, ErrorState, Skeleton } from '../shared/parts/States';
import { SyntheticTag } from '../shared/parts/SyntheticTag';
import { may, readSession, session, sessionProblem, signInAddress } from '../shared/session';
import { fetchDistrict } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { ChiefView } from './ChiefView';
import { dutyNow } from './duty_acts';
import { FindingForm } from './FindingForm';
import { keepMapAround } from './keep_map';
import { keepPhotographs } from './keep_photographs';
import { boxAround } from './map_box';
import { PatrolView } from './PatrolView';
import { followWhile, here, locateOnce } from './place';
import { QueueView } from './QueueView';
import { ShiftBar } from './ShiftBar';
import { SignOut } from './SignOut';
import { online, sendNow, shelfFull, startSending, waiting, whenSent } from './sender';
import {
  isChief,
  lastTasks,
  openTask,
  ownStreet,
  type Tab,
  tab,
  tasks,
  theDuty,
  theStreets,
  theTasks,
} from './state';
import { TaskList } from './TaskList';
import { TaskView } from './TaskView';
import { type Point, readAhead } from './tasks_api';
import { streetWords } from './words';
import '../shared/parts/panel.css';
import './street.css';

const REFRESH_MS = 15_000;
const SESSION_LATE_MS = 3_000;
/** Around so many tasks the map is kept beside that of the street. */
const MOST_PLACES = 8;
const TAB_ICONS: Record<Tab, IconName> = {
  tasks: 'list',
  patrol: 'walk',
  find: 'camera',
  street: 'flag',
  queue: 'upload',
};

/** What somebody on the street needs, under one thumb. */
export function StreetPage() {
  useEffect(() => {
    void readSession().then(sendNow);
    startSending();
    whenSent(() => {
      void theTasks.put();
      void theDuty.put();
    });
    // A session is asked after again when the network is back: it may have ended meanwhile.
    const again = () => void readSession().then(sendNow);
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, []);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SESSION_LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (session.value === null) {
    // Without a network, or with one that carries nothing, the last tasks are still shown; without a session nothing is.
    if (sessionProblem.value?.isOffline || (late && lastTasks.value)) return <Phone />;
    return sessionProblem.value ? (
      <ErrorState problem={sessionProblem.value} retry={() => void readSession()} />
    ) : (
      <Skeleton lines={8} />
    );
  }
  return session.value.signed_in ? <Phone /> : <SignInFirst />;
}

function SignInFirst() {
  const t = streetWords();
  return (
    <div class="phone">
      <Head />
      <main class="phone__main">
        <EmptyState
          icon="sign-in"
          title={t.signInFirst}
          act={
            <a class="button button--primary" href={signInAddress()}>
              {t.signIn}
            </a>
          }
        >
          {waiting.value.length > 0 ? t.signedOutQueue(waiting.value.length) : null}
        </EmptyState>
      </main>
    </div>
  );
}

function Head() {
  return (
    <header class="phone__head">
      <b>{sharedWords().product}</b>
      <SyntheticTag />
      {!online.value && (
        <span class="tag tag--warning tag--offline">
          <Icon name="offline" /> {streetWords().offline}
        </span>
      )}
      <span class="phone__room" />
      <LanguageSwitch />
      <ThemeSwitch />
      <SignOut />
    </header>
  );
}

function Phone() {
  const t = streetWords();
  const onShift = dutyNow()?.on_duty ?? false;
  useEffect(() => {
    void theTasks.put();
    void theDuty.put();
    void theClassification.put();
    void theStreets.put();
    locateOnce();
    const again = setInterval(() => {
      if (document.hidden) return;
      void theTasks.put();
      if (session.value === null) void readSession().then(sendNow);
    }, REFRESH_MS);
    return () => clearInterval(again);
  }, []);
  useEffect(() => followWhile(onShift), [onShift]);
  const located = here.value !== null;
  useEffect(() => {
    if (!online.value) return;
    const from: Point | null = here.value && [here.value.lon, here.value.lat];
    void readAhead(
      tasks.value.map(one => ({ task: one.task.id, of: one.case.id })),
      from,
    );
  }, [tasks.value.map(one => one.task.id).join(), located, online.value]);
  const photographs = tasks.value.flatMap(one => one.case.photographs);
  const tasksCame = theTasks.asked.value.state === 'ready';
  useEffect(() => {
    if (online.value && tasksCame) void keepPhotographs(photographs).catch(() => undefined);
  }, [photographs.join(), tasksCame, online.value]);
  const street = ownStreet.value;
  const places = tasks.value.slice(0, MOST_PLACES).map(one => one.case.at);
  useEffect(() => {
    // Before somebody goes into a basement: the map around his street and around what he is sent to.
    if (!onShift || !online.value || (!street && places.length === 0)) return;
    const boxes = [...(street ? [street.bbox] : []), ...places.map(at => boxAround([at]))];
    void fetchDistrict()
      .then(district => keepMapAround(boxes, district))
      .catch(() => undefined);
  }, [onShift, online.value, street?.id, places.join()]);
  return (
    <div class="phone">
      <Head />
      <ShiftBar />
      {shelfFull.value && (
        <p class="notice" role="alert">
          {t.storageFull}
        </p>
      )}
      <main key={openTask.value ?? tab.value} class="phone__main">
        {openTask.value ? <TaskView id={openTask.value} /> : <Body />}
      </main>
      <nav class="phone__tabs" aria-label={sharedWords().product}>
        {(['tasks', 'patrol', 'find', 'street', 'queue'] as const)
          .filter(name => name !== 'find' || may('report') || session.value === null)
          .filter(name => name !== 'patrol' || may('patrol') || session.value === null)
          .filter(name => name !== 'street' || isChief.value)
          .map(name => (
            <button
              key={name}
              type="button"
              aria-current={tab.value === name ? 'page' : undefined}
              onClick={() => {
                openTask.value = null;
                tab.value = name;
              }}
            >
              <Icon name={TAB_ICONS[name]} size={24} />
              <span>{t.tabs[name]}</span>
              {name === 'queue' && waiting.value.length > 0 && <b>{waiting.value.length}</b>}
            </button>
          ))}
      </nav>
    </div>
  );
}

function Body() {
  if (tab.value === 'find') return <FindingForm />;
  if (tab.value === 'patrol') return <PatrolView />;
  if (tab.value === 'street') return <ChiefView />;
  return tab.value === 'queue' ? <QueueView /> : <TaskList />;
}

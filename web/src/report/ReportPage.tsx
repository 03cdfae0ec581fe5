import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { theClassification } from '../shared/classification';
import { LanguageSwitch, ThemeSwitch } from '../shared/parts/Bar';
import { Button } from '../shared/parts/Button';
import { Icon, type IconName } from '../shared/parts/Icon';
import { SyntheticTag } from '../shared/parts/SyntheticTag';
import { say } from '../shared/parts/Toast';
import { remembered } from '../shared/remembered';
import { readSession } from '../shared/session';
import { sharedWords } from '../shared/words';
import { AskForm } from './AskForm';
import { theForm } from './api';
import { draft, followDraft } from './draft';
import { FollowView, Keep } from './FollowView';
import { MyMatters } from './MyMatters';
import { NearbyView } from './Nearby';
import { OrderView } from './OrderView';
import { mine, startSending, waiting } from './sending';
import { followAddress, go, hashOf, type View, where } from './where';
import { reportWords } from './words';
import '../shared/parts/panel.css';
import '../street/street.css';
import './report.css';

type Type = 'normal' | 'large';
const isType = (value: unknown): value is Type => value === 'normal' || value === 'large';
const type = remembered<Type>('report.type', 'normal', isType);

/** For residents: say what is wrong and where, then see what is done about it. No account. */
export function ReportPage() {
  const t = reportWords();
  useEffect(() => {
    void readSession();
    void theClassification.put();
    void theForm.put();
    void followDraft();
    void startSending((problem, entry) => {
      draft.value = entry.draft;
      say(problem.detail || problem.title);
    });
    followAddress();
    return effect(() => {
      document.documentElement.dataset.type = type.value;
    });
  }, []);
  const here = where.value;
  return (
    <div class="report">
      <button type="button" class="skip-link" onClick={skip}>
        {t.skip}
      </button>
      <header class="report__head">
        <a href="#home" aria-label={`${sharedWords().product}: ${t.home}`}>
          <b>{sharedWords().product}</b>
        </a>
        <SyntheticTag />
        <span class="report__room" />
        <Button look="quiet" onClick={switchType}>
          {type.value === 'large' ? t.normal : t.large}
        </Button>
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main id="main">
        {here.view !== 'home' && (
          <a class="report__back" href="#home">
            <Icon name="chevron-left" /> {t.home}
          </a>
        )}
        {here.view === 'home' && <Home />}
        {here.view === 'report' && <AskForm kind="resident_request" />}
        {here.view === 'order' && <OrderView />}
        {here.view === 'visit' && <AskForm kind="visit" />}
        {here.view === 'wish' && <AskForm kind="wish" />}
        {here.view === 'dispute' && <AskForm kind="dispute" />}
        {here.view === 'near' && <NearbyView />}
        {here.view === 'mine' && <MyMatters />}
        {here.view === 'sent' && <Sent tracking={here.tracking} />}
        {here.view === 'follow' && <FollowView tracking={here.tracking} />}
      </main>
    </div>
  );
}

function skip(): void {
  document.querySelector<HTMLElement>('main h1')?.focus();
}

function switchType(): void {
  type.value = type.value === 'large' ? 'normal' : 'large';
}

const WAYS: readonly [Exclude<View, 'home'>, IconName][] = [
  ['report', 'camera'],
  ['near', 'place'],
  ['order', 'list'],
  ['visit', 'calendar'],
  ['wish', 'star'],
  ['dispute', 'people'],
  ['mine', 'search'],
];

function Home() {
  const t = reportWords();
  const news = mine.value.length + waiting.value.length;
  return (
    <>
      <h1 tabIndex={-1}>{t.welcome}</h1>
      <p class="quiet">{t.noAccount}</p>
      <nav aria-label={t.welcome}>
        <ul class="ways">
          {WAYS.map(([view, icon]) => (
            <li key={view} class={view === 'report' ? 'ways__first' : undefined}>
              <a href={hashOf({ view })}>
                <Icon name={icon} size={28} />
                <span>
                  <strong>
                    {t.ways[view]}
                    {view === 'mine' && news > 0 && <b class="tag">{news}</b>}
                  </strong>
                  <span class="quiet small">{t.wayHints[view]}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <p class="report__urgent">
        <Icon name="siren" size={20} /> {t.urgent}
      </p>
    </>
  );
}

function Sent({ tracking }: { tracking: string }) {
  const t = reportWords();
  return (
    <>
      <h1 tabIndex={-1}>
        <Icon name="done" size={24} /> {t.sent}
      </h1>
      <Keep tracking={tracking} />
      <div class="part__ways">
        <Button look="primary" onClick={() => go({ view: 'follow', tracking })}>
          {t.seeProgress}
        </Button>
        <Button onClick={() => go({ view: 'report' })}>{t.another}</Button>
      </div>
    </>
  );
}

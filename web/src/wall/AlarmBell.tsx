import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { clock } from '../shared/formats';
import { Button, IconButton } from '../shared/parts/Button';
import { Icon } from '../shared/parts/Icon';
import { EmptyState } from '../shared/parts/States';
import { type Alarm, type AlarmKind, lookAtDeadlines, markSeen, muted, newest, unseen } from './alarms';
import { isLoaded } from './feed';
import { cases, moment, openCase, placeOf } from './state';
import { wallWords } from './words';

export const alarmsOpen = signal(false);

/** The count of what nobody has seen yet, and its list. */
export function AlarmBell() {
  const t = wallWords();
  const count = unseen.value.length;
  const bell = useRef<HTMLButtonElement>(null);
  return (
    <div class="alarms">
      <IconButton
        icon={muted.value ? 'mute' : 'sound'}
        label={muted.value ? t.unmute : t.mute}
        onClick={() => {
          muted.value = !muted.value;
        }}
      />
      <button
        ref={bell}
        type="button"
        class={`alarms__bell${count > 0 ? ' alarms__bell--ringing' : ''}`}
        aria-expanded={alarmsOpen.value}
        onClick={() => {
          alarmsOpen.value = !alarmsOpen.value;
        }}
      >
        <Icon name="bell" />
        <span>{t.alarms}</span>
        {count > 0 && <b>{count}</b>}
      </button>
      {alarmsOpen.value && <AlarmList onSeen={() => bell.current?.focus()} />}
    </div>
  );
}

/** What was seen leaves the list; the keyboard stays at the bell. */
function AlarmList({ onSeen }: { onSeen: () => void }) {
  const t = wallWords();
  return (
    <section class="alarms__list" aria-label={t.alarms}>
      {unseen.value.length === 0 ? (
        <EmptyState icon="done" title={t.alarmsNone} />
      ) : (
        <>
          <ul>
            {unseen.value.map(alarm => (
              <li key={alarm.key}>
                <button
                  type="button"
                  onClick={() => {
                    markSeen(alarm.key);
                    openCase(alarm.case);
                    onSeen();
                  }}
                >
                  <AlarmText alarm={alarm} />
                </button>
              </li>
            ))}
          </ul>
          <Button
            look="quiet"
            icon="check"
            onClick={() => {
              markSeen();
              onSeen();
            }}
          >
            {t.alarmsSeen}
          </Button>
        </>
      )}
      <DesktopNotices />
    </section>
  );
}

/** Asks the browser, once and only when told to, whether alarms may show beside other programs. */
function DesktopNotices() {
  const t = wallWords();
  const [allowed, setAllowed] = useState(
    typeof Notification === 'function' ? Notification.permission : 'denied',
  );
  if (allowed === 'granted') return <p class="alarms__notices quiet small">{t.noticesOn}</p>;
  if (allowed === 'denied') return <p class="alarms__notices quiet small">{t.noticesOff}</p>;
  return (
    <Button look="quiet" icon="bell" onClick={() => void Notification.requestPermission().then(setAllowed)}>
      {t.noticesAllow}
    </Button>
  );
}

function AlarmText({ alarm }: { alarm: Alarm }) {
  const t = wallWords();
  const one = cases.get(alarm.case);
  return (
    <>
      <strong>{t.alarmKinds[alarm.kind]}</strong>
      <span class="one-line">
        {t.caseNumber(alarm.number)} {one ? `${policyName('category', one.category)} · ${placeOf(one)}` : ''}
      </span>
      <time class="quiet small">{clock(alarm.at)}</time>
    </>
  );
}

/** What flashes around the page when it comes; the rest only sounds and is listed. */
const FLASHING: ReadonlySet<AlarmKind> = new Set(['urgent', 'help', 'late', 'escalated']);

/** Watches for cases that become late, and tells the newest alarm to screen readers and to browsers that may show it. */
export function AlarmLook() {
  const t = wallWords();
  const [now, loaded] = [moment.value, isLoaded.value];
  useEffect(() => (loaded ? lookAtDeadlines(cases.all.peek(), now) : undefined), [now, loaded]);
  const alarm = newest.value;
  const one = alarm && cases.get(alarm.case);
  const said = alarm
    ? `${t.alarmKinds[alarm.kind]} ${t.caseNumber(alarm.number)} ${one ? policyName('category', one.category) : ''}`
    : '';
  useEffect(() => {
    if (!said || !document.hidden || typeof Notification !== 'function') return;
    if (Notification.permission === 'granted') new Notification(said, { tag: alarm?.key ?? '' });
  }, [said, alarm?.key]);
  return (
    <>
      <div class="unseen" role="alert">
        {said}
      </div>
      {alarm && FLASHING.has(alarm.kind) && (
        <div key={alarm.key} class={`alarm-flash alarm-flash--${alarm.kind}`} />
      )}
    </>
  );
}

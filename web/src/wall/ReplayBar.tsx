import { useState } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { clockWithSeconds, dateAndTime, number } from '../shared/formats';
import { Button, IconButton } from '../shared/parts/Button';
import { Icon } from '../shared/parts/Icon';
import { List } from '../shared/parts/List';
import { dayStart } from './day';
import { wallMapWords } from './map_words';
import {
  backToLive,
  DAY_MS,
  isPlaying,
  isReplaying,
  jump,
  momentToText,
  replayMoment,
  SPEEDS,
  type Speed,
  seek,
  shownTracks,
  speed,
  theDay,
  theReplayedDay,
  togglePlaying,
} from './replay';
import type { ReplayEvent } from './replay_day';
import { openCase } from './state';
import { wallWords, worded } from './words';

const MINUTE_S = 60;
const DAY_S = DAY_MS / 1000;
const BARS = 96;
const BARS_HIGH = 20;
const EVENT_ROW_PX = 36;

/** Says in a strip across the page that this is the past, and leads back. */
export function ReplayBanner() {
  const moment = replayMoment.value;
  if (moment === null) return null;
  const t = wallMapWords();
  return (
    <div class="replay-banner" role="status">
      <Icon name="replay" />
      <strong>{t.replayBanner(dateAndTime(moment))}</strong>
      <span class="replay-banner__hint">{t.replayHint}</span>
      <Button shortcut="l" onClick={backToLive}>
        {t.backToLive}
      </Button>
    </div>
  );
}

/** The day under the map: a slider over its events, play, speed, and from event to event. */
export function ReplayBar() {
  const [lists, setLists] = useState(false);
  if (!isReplaying.value) return null;
  return (
    <section class="replay" aria-label={wallMapWords().replay}>
      {lists && <EventList />}
      <Controls listed={lists} onList={() => setLists(!lists)} />
      <DaySlider />
    </section>
  );
}

function Controls({ listed, onList }: { listed: boolean; onList: () => void }) {
  const t = wallMapWords();
  const moment = replayMoment.value ?? 0;
  const day = momentToText(moment).slice(0, 10);
  return (
    <div class="replay__controls">
      <input
        type="date"
        class="input"
        aria-label={t.day}
        value={day}
        max={momentToText(Date.now()).slice(0, 10)}
        onChange={event => {
          const chosen = Date.parse(`${event.currentTarget.value}T00:00:00+08:00`);
          const into = moment - dayStart(moment);
          if (Number.isFinite(chosen)) seek(Math.min(chosen + into, Date.now() - 1000));
        }}
      />
      <span class="replay__back">
        <IconButton icon="skip" label={t.previousEvent} onClick={() => jump(-1)} />
      </span>
      <IconButton
        icon={isPlaying.value ? 'pause' : 'play'}
        label={isPlaying.value ? t.pause : t.play}
        onClick={togglePlaying}
      />
      <IconButton icon="skip" label={t.nextEvent} onClick={() => jump(1)} />
      <select
        class="input"
        aria-label={t.speed}
        value={String(speed.value)}
        onChange={event => {
          speed.value = Number(event.currentTarget.value) as Speed;
        }}
      >
        {SPEEDS.map(one => (
          <option key={one} value={String(one)}>
            {t.times(one)}
          </option>
        ))}
      </select>
      <span class="replay__clock">{clockWithSeconds(moment)}</span>
      <Notes />
      <Button look="quiet" icon="list" aria-expanded={listed} onClick={onList}>
        {t.events}
      </Button>
    </div>
  );
}

function DaySlider() {
  const t = wallMapWords();
  const moment = replayMoment.value ?? 0;
  const since = dayStart(moment);
  const second = Math.round((moment - since) / 1000);
  const busy = theDay.value?.since === since ? theDay.value.busy(BARS, DAY_MS) : [];
  const most = Math.max(1, ...busy);
  return (
    <div class="replay__day">
      <svg
        class="replay__bars"
        viewBox={`0 0 ${BARS} ${BARS_HIGH}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {busy.map((count, part) => {
          const height = (count / most) * BARS_HIGH;
          return <rect key={part} x={part + 0.1} y={BARS_HIGH - height} width={0.8} height={height} />;
        })}
      </svg>
      <input
        type="range"
        min={0}
        max={DAY_S - 1}
        step={MINUTE_S / 4}
        value={second}
        aria-label={t.timeOfDay}
        aria-valuetext={clockWithSeconds(moment)}
        onInput={event => seek(since + Number(event.currentTarget.value) * 1000)}
      />
      <div class="replay__hours" aria-hidden="true">
        {[0, 6, 12, 18, 24].map(hour => (
          <span key={hour}>{`${hour}:00`}</span>
        ))}
      </div>
    </div>
  );
}

/** What is still on its way, or could not be had. */
function Notes() {
  const t = wallMapWords();
  const asked = theReplayedDay.asked.value;
  if (asked.state === 'failed')
    return (
      <span class="replay__note replay__note--bad" role="alert">
        {t.replayFailed(asked.problem.title)}
      </span>
    );
  if (asked.state === 'loading' && !theDay.value) return <span class="replay__note">{t.replayLoading}</span>;
  if (shownTracks.value?.length === 0) return <span class="replay__note">{t.noTracks}</span>;
  return <span class="replay__note" />;
}

function EventList() {
  const t = wallMapWords();
  const events = theDay.value?.events ?? [];
  const moment = replayMoment.value ?? 0;
  const here = events.findLast(({ at }) => at <= moment);
  return (
    <div class="replay__events">
      <h3>{t.eventsOf(number(events.length))}</h3>
      <List
        items={events}
        keyOf={keyOf}
        rowHeight={EVENT_ROW_PX}
        label={t.events}
        chosen={here ? keyOf(here) : null}
      >
        {event => <EventRow event={event} />}
      </List>
    </div>
  );
}

const keyOf = (event: ReplayEvent) => `${event.at} ${event.case} ${event.action}`;

function EventRow({ event }: { event: ReplayEvent }) {
  const t = wallWords();
  return (
    <button
      type="button"
      class="replay__event"
      onClick={() => {
        seek(event.at);
        openCase(event.case);
      }}
    >
      <span class="quiet">{clockWithSeconds(event.at)}</span>
      <span>{worded(t.actions, event.action)}</span>
      <span class="one-line">{policyName('category', event.category)}</span>
      <span class="quiet">{t.caseNumber(event.number)}</span>
    </button>
  );
}

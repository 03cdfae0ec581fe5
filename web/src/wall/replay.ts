import { computed, effect, signal, untracked } from '@preact/signals';
import { inAddress, putInAddress } from '../shared/address';
import { ask, Problem } from '../shared/api';
import type { CaseItem, Position } from '../shared/case_api';
import { say } from '../shared/parts/Toast';
import { answerIn, question } from '../shared/question';
import { may } from '../shared/session';
import { dayStart } from './day';
import { wallMapWords } from './map_words';
import { ReplayDay, type ReplayEvent, type ReplayedCases } from './replay_day';
import { peopleAt, type ReplayedPerson } from './replay_tracks';

/** The page at a moment of the past: the same map and queue, told from what was kept. */

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const SPEEDS = [1, 5, 10, 30, 60] as const;
export type Speed = (typeof SPEEDS)[number];

/** The moment shown, in milliseconds since 1970; null while the page is live. */
export const replayMoment = signal<number | null>(momentFromText(inAddress('t')));
export const isReplaying = computed(() => replayMoment.value !== null);
export const isPlaying = signal(false);
export const speed = signal<Speed>(10);

const TICK_MS = 200;
const ADDRESS_EVERY_MS = 2_000;
const BEGINS_BACK_MS = HOUR_MS;

/** 2026-11-20T10:05:30 by the clock of the city, eight hours ahead of UTC all year. */
export function momentToText(moment: number): string {
  return new Date(moment + 8 * HOUR_MS).toISOString().slice(0, 19);
}
export function momentFromText(text: string | null): number | null {
  if (!text || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return null;
  const moment = Date.parse(`${text}+08:00`);
  return Number.isFinite(moment) && moment <= Date.now() ? moment : null;
}

export function startReplay(moment = Date.now() - BEGINS_BACK_MS): void {
  seek(moment);
}

export function seek(moment: number): void {
  const now = Date.now();
  if (moment >= now) {
    if (isReplaying.peek()) say(wallMapWords().caughtUp);
    backToLive();
    return;
  }
  replayMoment.value = moment;
  putInAddress({ t: momentToText(moment) }, inAddress('t') === null);
}

export function backToLive(): void {
  isPlaying.value = false;
  replayMoment.value = null;
  putInAddress({ t: null });
}

export const togglePlaying = () => {
  isPlaying.value = isReplaying.peek() && !isPlaying.peek();
};

export function jump(by: 1 | -1): ReplayEvent | undefined {
  const moment = replayMoment.peek();
  const event = moment === null ? undefined : theDay.peek()?.eventFrom(moment, by);
  if (event) seek(event.at);
  return event;
}

// The browser's Back leads out of a replay, and a link into one.
effect(() => {
  const wanted = momentFromText(inAddress('t'));
  untracked(() => {
    const shown = replayMoment.peek();
    if (wanted === null && shown !== null && !isPlaying.peek()) replayMoment.value = null;
    else if (wanted !== null && (shown === null || Math.abs(shown - wanted) > ADDRESS_EVERY_MS * 60))
      replayMoment.value = wanted;
  });
});

let written = 0;
function tick(): void {
  const moment = replayMoment.peek();
  if (!isPlaying.peek() || moment === null) return;
  const next = moment + TICK_MS * speed.peek();
  if (next >= Date.now()) {
    seek(next);
    return;
  }
  replayMoment.value = next;
  if (Date.now() - written > ADDRESS_EVERY_MS) {
    written = Date.now();
    putInAddress({ t: momentToText(next) });
  }
}

/** What the server tells of the day that is shown. */
export const theReplayedDay = question<ReplayDay, number>(async (since, stop) => {
  const span = { since: iso(since), until: iso(Math.min(since + DAY_MS, Date.now())) };
  return new ReplayDay(await ask<ReplayedCases>('/replay/cases', { query: span, signal: stop }), since);
});
export const theDay = computed(() => answerIn(theReplayedDay.asked.value) ?? null);
const shownDay = computed(() => (replayMoment.value === null ? null : dayStart(replayMoment.value)));

/** Tracks by the hour that they begin in; a few hours are kept. */
const tracks = signal<ReadonlyMap<number, readonly ReplayedPerson[]>>(new Map());
export const tracksProblem = signal<Problem | null>(null);
const asking = new Set<number>();
const HOURS_KEPT = 4;
const shownHour = computed(() =>
  replayMoment.value === null ? null : Math.floor(replayMoment.value / HOUR_MS) * HOUR_MS,
);

async function loadTracks(hour: number): Promise<void> {
  if (tracks.peek().has(hour) || asking.has(hour) || hour > Date.now() || !may('view_positions')) return;
  asking.add(hour);
  try {
    const until = Math.min(hour + HOUR_MS, Date.now());
    const people = await ask<ReplayedPerson[]>('/replay/tracks', {
      query: { since: iso(hour), until: iso(until) },
    });
    const kept = [...tracks.peek()].slice(-HOURS_KEPT + 1);
    tracks.value = new Map([...kept, [hour, people]]);
    tracksProblem.value = null;
  } catch (error) {
    tracksProblem.value = error instanceof Problem ? error : new Problem(-1, { title: String(error) });
  } finally {
    asking.delete(hour);
  }
}

export const shownTracks = computed(() => {
  const hour = shownHour.value;
  return hour === null ? null : (tracks.value.get(hour) ?? null);
});

export const replayedCases = computed<readonly CaseItem[]>(() => {
  const [day, moment] = [theDay.value, replayMoment.value];
  return day && moment !== null && day.since === dayStart(moment) ? day.casesAt(moment) : [];
});

export const replayedPeople = computed<readonly Position[]>(() => {
  const [people, moment, hour] = [shownTracks.value, replayMoment.value, shownHour.value];
  return people && moment !== null && hour !== null ? peopleAt(people, hour, moment) : [];
});

export const replayedCase = (id: string) =>
  replayMoment.value === null ? undefined : theDay.value?.caseAt(id, replayMoment.value);

/** Follow the moment until the result is called: fetch its day and its hour, and the next hour ahead of time. */
export function followReplay(): () => void {
  const stops = [
    effect(() => {
      const day = shownDay.value;
      if (day === null) theReplayedDay.forget();
      else void theReplayedDay.put(day);
    }),
    effect(() => {
      const hour = shownHour.value;
      if (hour === null) {
        tracks.value = new Map();
        return;
      }
      void loadTracks(hour);
      if (isPlaying.value) void loadTracks(hour + HOUR_MS);
    }),
    effect(() => {
      if (isReplaying.value) document.documentElement.dataset.replay = 'true';
      else delete document.documentElement.dataset.replay;
    }),
  ];
  const timer = setInterval(tick, TICK_MS);
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
    delete document.documentElement.dataset.replay;
  };
}

const iso = (moment: number) => new Date(moment).toISOString();

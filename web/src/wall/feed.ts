import { signal } from '@preact/signals';
import { Problem } from '../shared/api';
import { type CaseItem, fetchBoard, fetchPositions } from '../shared/case_api';
import { followLive, type LiveFrame, type LiveState } from '../shared/live/live_stream';
import { may } from '../shared/session';
import { hearEvents } from './alarms';
import { endedBefore, isEnded } from './case_marks';
import { dayStart } from './day';
import { type Hand, hearChanges, hearHands } from './hands';
import { closuresChanged } from './layers';
import type { Moved } from './people_store';
import { cases, people, theDistrict } from './state';

/** Keeps the page's cases and people in step with the server: lists once, then only what changed. */

export const liveState = signal<LiveState>('connecting');
export const lastHeard = signal<number | null>(null);
/** Why the lists could not be had; null while all is well. */
export const feedProblem = signal<Problem | null>(null);
export const isLoaded = signal(false);

export interface FeedEvent {
  seq: number;
  id: string;
  case: string;
  action: string;
  actor_post: string;
  /** The name of whoever did it; the system has none. */
  by: string;
  at: string;
}

interface News {
  cases: CaseItem[];
  events: FeedEvent[];
  gone: string[];
}

const COUNTS_AGAIN_MS = 60_000;

/** Follow the server until the result is called: the lists first, then the stream from where they stand. */
export function followServer(): () => void {
  const unfollow = followLive(
    '/api/v1/live',
    FRAMES,
    {
      onFrame: hear,
      onBeat(at) {
        lastHeard.value = at;
      },
      onState(state, since) {
        liveState.value = state;
        lastHeard.value = since;
        if (state === 'live' && !isLoaded.value) void loadLists();
      },
    },
    loadLists(),
  );
  people.onStranger = () => void loadPeople();
  const timer = setInterval(() => {
    void loadPeople();
    void theDistrict.put();
    const since = dayStart(Date.now());
    cases.prune(item => endedBefore(item, since));
  }, COUNTS_AGAIN_MS);
  return () => {
    clearInterval(timer);
    unfollow();
  };
}
const FRAMES = ['hello', 'news', 'positions', 'hands', 'closures', 'resync'] as const;

function hear({ event, data }: LiveFrame): void {
  if (event === 'hello') {
    if (!(data as { resumed: boolean }).resumed) void loadLists();
    closuresChanged();
  } else if (event === 'resync') void loadLists();
  else if (event === 'closures') closuresChanged();
  else if (event === 'news') {
    const news = data as News;
    cases.put(news.cases);
    cases.drop(news.gone);
    hearEvents(news.events);
    hearChanges(news.events);
  } else if (event === 'positions') people.move((data as { people: Moved[] }).people);
  else if (event === 'hands') hearHands((data as { hands: Hand[] }).hands);
}

let loading: Promise<string | undefined> | null = null;

/** Fetch the lists anew; questions that come while one is on its way share it. Tells where they stand in the feed. */
export function loadLists(): Promise<string | undefined> {
  loading ??= fetchLists().finally(() => {
    loading = null;
  });
  return loading;
}

async function fetchLists(): Promise<string | undefined> {
  const begun = new Date().toISOString();
  const since = new Date(dayStart(Date.now())).toISOString();
  try {
    void loadPeople();
    const { cases: listed, place } = await fetchBoard(since);
    // What came by the stream while the lists were on their way is newer than they are.
    cases.replace(listed, item => item.reported_at >= begun || isEnded(item));
    feedProblem.value = null;
    isLoaded.value = true;
    return place;
  } catch (error) {
    feedProblem.value = error instanceof Problem ? error : new Problem(-1, { title: String(error) });
    return undefined;
  }
}

async function loadPeople(): Promise<void> {
  if (!may('view_positions')) return;
  try {
    people.replace(await fetchPositions());
  } catch {
    // Those already known stay on the map; the stream says whether the server is there.
  }
}

import { ask } from '../shared/api';
import type { CaseCard } from '../shared/case_api';
import { question } from '../shared/question';
import { remembered } from '../shared/remembered';

/** What helps with a task, and what of it stays on the phone. */

export type Point = [lon: number, lat: number];

export interface Way {
  task: string;
  seconds: number;
  length_m: number;
  line: Point[];
  /** When it was fetched. */
  at: string;
  steps: { name: string; name_en: string; length_m: number }[];
}

export interface Contact {
  why: 'chief' | 'grid_leader' | 'finder';
  name: string;
  name_en: string;
  post: string;
  phone: string;
}

export interface Round {
  stops: { task: string; walk_s: number | null; arrives_s: number | null; late: boolean }[];
  walk_s: number;
}

/** A task as it was last read in full: its history and whom to call. */
export interface Known {
  card: CaseCard;
  contacts: Contact[];
  at: string;
}

const isRecord = (value: unknown): value is Record<string, never> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const KEPT_AT_MOST = 12;
/** The last ways and cards that were seen: in a basement they are what there is. */
export const lastWays = remembered<Record<string, Way>>('street.ways', {}, isRecord);
export const lastCards = remembered<Record<string, Known>>('street.cards', {}, isRecord);

function withOne<Value>(kept: Record<string, Value>, key: string, value: Value): Record<string, Value> {
  const others = Object.entries(kept).filter(([name]) => name !== key);
  return Object.fromEntries([...others.slice(1 - KEPT_AT_MOST), [key, value]]);
}

interface WayAsked {
  task: string;
  lon: number;
  lat: number;
}
interface CardAsked {
  task: string;
  of: string;
}

async function fetchWay({ task, lon, lat }: WayAsked, signal?: AbortSignal): Promise<Way> {
  const stop = signal ? { signal } : {};
  const found = await ask<Way>(`/tasks/${task}/way`, { query: { lon, lat }, ...stop });
  const way = { ...found, at: new Date().toISOString() };
  lastWays.value = withOne(lastWays.value, task, way);
  return way;
}

async function fetchCard({ task, of }: CardAsked, signal?: AbortSignal): Promise<Known> {
  const stop = signal ? { signal } : {};
  const [card, contacts] = await Promise.all([
    ask<CaseCard>(`/cases/${of}`, stop),
    ask<Contact[]>(`/tasks/${task}/contacts`, stop),
  ]);
  const known = { card, contacts, at: new Date().toISOString() };
  lastCards.value = withOne(lastCards.value, task, known);
  return known;
}

export const theWay = question<Way, WayAsked>(fetchWay);
export const theCard = question<Known, CardAsked>(fetchCard);

/** Each task is read before it is opened: history, whom to call and the way, for where no network is. */
export async function readAhead(own: readonly CardAsked[], from: Point | null): Promise<void> {
  for (const { task, of } of own.slice(0, KEPT_AT_MOST)) {
    try {
      if (!lastCards.value[task]) await fetchCard({ task, of });
      if (from && !lastWays.value[task]) await fetchWay({ task, lon: from[0], lat: from[1] });
    } catch {
      // It was only ahead of time: whoever opens the task asks again.
    }
  }
}

export const theRound = question<Round, { lon: number; lat: number }>((here, signal) =>
  ask<Round>('/tasks/round', { query: here, signal }),
);

export interface Piece {
  line: Point[];
  length_m: number;
  walked_at: string[];
}

export interface StreetPieces {
  street: string;
  day: string;
  length_m: number;
  walked_m: number;
  pieces: Piece[];
}

export const thePieces = question<StreetPieces, string>((street, signal) =>
  ask<StreetPieces>(`/streets/${street}/pieces`, { signal }),
);

/** Where a grid worker had gone in. */
export const ENTRIES = ['street', 'home', 'building', 'unit'] as const;
export type Entry = (typeof ENTRIES)[number];

export interface PatrolCard {
  id: string;
  street: string;
  started_at: string;
  ended_at: string | null;
  findings: number;
  track: Point[];
  length_m: number;
  /** How many findings came from where he had gone in. */
  entered: Partial<Record<Entry, number>>;
}

export const thePatrol = question<PatrolCard, string>((patrol, signal) =>
  ask<PatrolCard>(`/patrols/${patrol}`, { signal }),
);

export interface Standing {
  indicator: string;
  value: number | null;
  rank: number | null;
  of: number;
  median: number | null;
  best: number | null;
}

export const theMonth = question<Standing[], string>((street, signal) =>
  ask<{ standings: Standing[] }>(`/streets/${street}/month`, { signal }).then(found => found.standings),
);

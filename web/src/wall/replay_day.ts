import type { CaseItem } from '../shared/case_api';
import { endedBefore } from './case_marks';

/** A day told from its events: how every case stood at any moment of it. */

/** How a case stood from one event until the next, as the server tells it. */
export interface Stood {
  t: string;
  events: number;
  action: string;
  state: CaseItem['state'];
  category: string;
  severity: number;
  at: [lon: number, lat: number];
  area: string | null;
  street: string | null;
  clock: string;
  due_at: string | null;
  stood_still_at: string | null;
  holder: string | null;
  filed_at: string | null;
  resolved_at: string | null;
  closed_at: string | null;
  outcome: string | null;
  satisfaction: number | null;
}

export interface ReplayedCases {
  cases: { item: CaseItem; stood: Stood[] }[];
  holders: Record<string, [name: string, name_en: string, post: string]>;
  /** From which second of the day on, and how many. */
  on_shift: [second: number, people: number][];
}

/** Something that happened to a case: where a replay can jump to. */
export interface ReplayEvent {
  at: number;
  case: string;
  number: number;
  category: string;
  action: string;
}

interface Told {
  item: CaseItem;
  stood: Stood[];
  times: number[];
  shown: { place: number; item: CaseItem } | null;
}

export class ReplayDay {
  readonly events: readonly ReplayEvent[];
  readonly #told = new Map<string, Told>();
  readonly #holders: ReplayedCases['holders'];
  readonly #onShift: ReplayedCases['on_shift'];

  constructor(
    { cases, holders, on_shift }: ReplayedCases,
    /** When the day began, in milliseconds since 1970. */
    readonly since: number,
  ) {
    this.#holders = holders;
    this.#onShift = on_shift;
    const events: ReplayEvent[] = [];
    for (const { item, stood } of cases) {
      const times = stood.map(one => Date.parse(one.t));
      this.#told.set(item.id, { item, stood, times, shown: null });
      for (const [place, { action, category }] of stood.entries()) {
        const at = times[place] ?? 0;
        if (at >= since) events.push({ at, case: item.id, number: item.number, category, action });
      }
    }
    this.events = events.sort((one, other) => one.at - other.at);
  }

  /** Every case that was there at that moment and had not ended before the day began. */
  casesAt(moment: number): CaseItem[] {
    const found: CaseItem[] = [];
    for (const told of this.#told.values()) {
      const item = this.#standing(told, moment);
      if (item && !endedBefore(item, this.since)) found.push(item);
    }
    return found;
  }

  /** How many were on shift at that moment, whether or not it is known where. */
  onShiftAt(moment: number): number {
    return this.#onShift.findLast(([second]) => this.since + second * 1_000 <= moment)?.[1] ?? 0;
  }

  caseAt(id: string, moment: number): CaseItem | undefined {
    const told = this.#told.get(id);
    return told && this.#standing(told, moment);
  }

  /** The event after (or before) a moment. */
  eventFrom(moment: number, by: 1 | -1): ReplayEvent | undefined {
    if (by === 1) return this.events.find(({ at }) => at > moment);
    return this.events.findLast(({ at }) => at < moment);
  }

  /** How many events fell into each of so many equal parts of the day. */
  busy(parts: number, dayMs: number): number[] {
    const counts: number[] = Array(parts).fill(0);
    for (const { at } of this.events) {
      const part = Math.floor(((at - this.since) / dayMs) * parts);
      if (part >= 0 && part < parts) counts[part] = (counts[part] ?? 0) + 1;
    }
    return counts;
  }

  /** The same object as long as the case stands the same, so that a row that does not change is not drawn anew. */
  #standing(told: Told, moment: number): CaseItem | undefined {
    const place = lastAtOrBefore(told.times, moment);
    const stood = told.stood[place];
    if (!stood) return undefined;
    if (told.shown?.place === place) return told.shown.item;
    const { t: _, action: __, ...standing } = stood;
    const holder = stood.holder === null ? undefined : this.#holders[stood.holder];
    const item: CaseItem = {
      ...told.item,
      ...standing,
      holder_name: holder?.[0] ?? null,
      holder_name_en: holder?.[1] ?? null,
      holder_post: holder?.[2] ?? null,
      task: null,
      merged_into: stood.state === 'merged' ? told.item.merged_into : null,
    };
    told.shown = { place, item };
    return item;
  }
}

/** The place of the last number that is not larger; -1 where all are. The numbers rise. */
export function lastAtOrBefore(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

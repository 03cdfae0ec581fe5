import { computed, signal } from '@preact/signals';
import { inAddress, putInAddress } from '../shared/address';
import type { CaseItem } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { inNextFrame } from '../shared/frame';
import { nameOf } from '../shared/language';
import type { MapScene } from '../shared/map/scene';
import { BASE_CHOICES, type BaseChoice } from '../shared/map/style';
import { answerIn, question } from '../shared/question';
import { remembered } from '../shared/remembered';
import {
  type AreaRow,
  type District,
  fetchAreas,
  fetchDistrict,
  fetchStreets,
  type StreetRow,
} from '../shared/territory_api';
import type { RankedCase } from './case_marks';
import { CaseStore } from './case_store';
import { dayStart } from './day';
import { countKpis } from './kpis';
import { shownLayers } from './layers';
import { PeopleStore } from './people_store';
import { NO_FILTER, type QueueFilter, queueOf, SHOWN } from './queue_filter';
import { replayedCase, replayedCases, replayedPeople, replayMoment, theDay } from './replay';

/** What the command centre knows and shows; what a colleague should see too lives in the address. */

export const theDistrict = question<District>((_, stop) => fetchDistrict(stop));
export const theStreets = question<StreetRow[]>((_, stop) => fetchStreets(stop));
export const theSubdistricts = question<AreaRow[], string>((code, stop) =>
  fetchAreas('subdistrict', code, stop),
);

export const cases = new CaseStore();
export const people = new PeopleStore();
export const scene = signal<MapScene | null>(null);

/** The second hand of the page: what counts down reads it. */
export const second = signal(Date.now());
/** Ticks slower, for what looks through every case. */
export const moment = signal(Date.now());
const MOMENT_MS = 5_000;
const tick = () => {
  second.value = Date.now();
  if (second.value - moment.value >= MOMENT_MS) moment.value = second.value;
};
setInterval(() => inNextFrame(tick), 1_000);

export const form = computed<'wall' | 'desk'>(() =>
  (inAddress('form') ?? (location.pathname === '/wall' ? 'wall' : 'desk')) === 'wall' ? 'wall' : 'desk',
);
export const switchForm = () => putInAddress({ form: form.value === 'wall' ? 'desk' : 'wall' }, true);

export const filter = computed<QueueFilter>(() => ({
  show: SHOWN.find(show => show === inAddress('show')) ?? NO_FILTER.show,
  category: inAddress('category') ?? '',
  street: inAddress('street') ?? '',
  area: inAddress('area') ?? '',
  words: inAddress('q') ?? '',
}));
export function narrow(change: Partial<QueueFilter>): void {
  const next = { ...filter.value, ...change };
  putInAddress({
    show: next.show === NO_FILTER.show ? null : next.show,
    category: next.category || null,
    street: next.street || null,
    area: next.area || null,
    q: next.words || null,
  });
}
export const clearFilter = () => narrow(NO_FILTER);
export const isFiltered = computed(() => {
  const { show, category, street, area, words } = filter.value;
  return show !== NO_FILTER.show || Boolean(category || street || area || words);
});

const streetNames = computed(
  () => new Map((answerIn(theStreets.asked.value) ?? []).map(one => [one.id, one])),
);
export function streetName(id: string | null): string {
  if (id === null) return '';
  const known = streetNames.value.get(id);
  return known ? nameOf(known) : id;
}

const subdistrictNames = computed(
  () => new Map((answerIn(theSubdistricts.asked.value) ?? []).map(one => [one.code, one])),
);
export function subdistrictName(code: string | null): string {
  const known = subdistrictNames.value.get((code ?? '').slice(0, 9));
  return known ? nameOf(known) : (code ?? '').slice(0, 9);
}

/** Where a case is, in a few words: its street, else its subdistrict. */
export function placeOf(one: CaseItem): string {
  return streetName(one.street) || subdistrictName(one.area ?? one.nearest_area);
}

function searchText(one: CaseItem): string {
  return `#${one.number} ${policyName('category', one.category)} ${placeOf(one)} ${one.description} ${one.holder_name ?? ''} ${one.holder_name_en ?? ''} ${one.area ?? ''}`;
}

/** What is shown: the present, or in a replay the past. */
export const shownMoment = computed(() => replayMoment.value ?? moment.value);
export const shownSecond = computed(() => replayMoment.value ?? second.value);
export const shownCases = computed(() =>
  replayMoment.value === null ? cases.all.value : replayedCases.value,
);
export const shownPeople = computed(() =>
  replayMoment.value === null ? people.all.value : replayedPeople.value,
);
export const shownCase = (id: string) => (replayMoment.value === null ? cases.get(id) : replayedCase(id));

let queued: readonly RankedCase[] = [];
export const queue = computed(() => {
  queued = queueOf(shownCases.value, filter.value, shownMoment.value, searchText, queued);
  return queued;
});
export const kpis = computed(() =>
  countKpis(shownCases.value, shownMoment.value, dayStart(shownMoment.value)),
);

/** How many are on shift, whether or not it is known where. */
export const onShift = computed(() => {
  const then = replayMoment.value;
  return then === null
    ? (answerIn(theDistrict.asked.value)?.counts.on_shift ?? 0)
    : (theDay.value?.onShiftAt(then) ?? 0);
});

export const openId = computed(() => inAddress('case'));
export const openCase = (id: string | null) => putInAddress({ case: id }, true);

/** Cases picked for one act on all of them. */
export const selected = signal<ReadonlySet<string>>(new Set());
export function toggleSelected(id: string): void {
  const next = new Set(selected.value);
  if (!next.delete(id)) next.add(id);
  selected.value = next;
}

export const shownBase = computed<ReadonlySet<BaseChoice>>(
  () => new Set(BASE_CHOICES.filter(layer => shownLayers.value.has(layer))),
);

const isWidth = (value: unknown): value is number => typeof value === 'number' && value > 0;
export const queueWidth = remembered('desk.queue', 344, isWidth);
export const caseWidth = remembered('desk.case', 376, isWidth);

import { computed, effect, signal, untracked } from '@preact/signals';
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import { inAddress, putInAddress } from '../shared/address';
import { ask } from '../shared/api';
import { theClassification } from '../shared/classification';
import { BASE_CHOICES } from '../shared/map/style';
import { answerIn, question } from '../shared/question';
import { may } from '../shared/session';
import { densityToken } from './analysis_layers';
import { dayStart } from './day';
import { opacitiesFromText, opacitiesToText } from './layer_opacity';
import { isReplaying, momentToText, replayMoment } from './replay';

/** The layers of the command centre's map: which are shown, how strongly, of what time, and what they hold. */

/** From the top of the map to its ground, as the legend lists them. */
export const WALL_LAYERS = [
  'cases',
  'people',
  'trails',
  'hazards',
  'closures',
  'density',
  'gi',
  'circles',
  'reach',
  ...BASE_CHOICES,
] as const;
export type WallLayer = (typeof WALL_LAYERS)[number];
export const ANALYSIS_LAYERS = ['density', 'gi', 'circles', 'reach'] as const;

const LAYERS_AT_FIRST: readonly WallLayer[] = [
  'subdistrict',
  'grid',
  'streets',
  'buildings',
  'cases',
  'people',
  'closures',
];

// Moving the map changes the address too: only another list of layers is another picture.
const layersText = computed(() => inAddress('layers'));
export const shownLayers = computed<ReadonlySet<WallLayer>>(() => {
  const text = layersText.value;
  if (text === null) return new Set(LAYERS_AT_FIRST);
  const wanted = text.split(',');
  return new Set(WALL_LAYERS.filter(layer => wanted.includes(layer)));
});
export function switchLayer(layer: WallLayer, shown: boolean): void {
  const next = WALL_LAYERS.filter(one => (one === layer ? shown : shownLayers.value.has(one)));
  putInAddress({ layers: next.join(',') || 'none' });
}

const opacityText = computed(() => inAddress('opacity'));
export const opacities = computed(() => opacitiesFromText(opacityText.value));
export const opacityOf = (layer: WallLayer) => opacities.value.get(layer) ?? 100;
export function setOpacity(layer: WallLayer, share: number): void {
  putInAddress({ opacity: opacitiesToText(new Map([...opacities.value, [layer, share]])) });
}

/** Which layer's list is open. */
export const listedLayer = signal<WallLayer | null>(null);

export const PERIODS = ['7', '30', '90', '365'] as const;
export type Period = (typeof PERIODS)[number];
const DAY_MS = 86_400_000;

const period = computed<Period>(() => PERIODS.find(one => one === inAddress('period')) ?? '30');
const hour = computed<number | null>(() => {
  const text = inAddress('hour');
  return text !== null && /^(1?\d|2[0-3])$/.test(text) ? Number(text) : null;
});
/** Of what the hotspots are made; it lives in the address too. */
export const hotspotChoice = computed(() => ({ period: period.value, hour: hour.value }));
export function chooseHotspots(change: { period?: Period; hour?: number | null }): void {
  const next = { ...hotspotChoice.value, ...change };
  putInAddress({
    period: next.period === '30' ? null : next.period,
    hour: next.hour === null ? null : String(next.hour),
  });
}

export interface HotspotQuestion {
  [name: string]: string | undefined;
  since: string;
  until?: string;
  category?: string;
  hour?: string;
}

const lastDay = computed(() => (replayMoment.value === null ? null : dayStart(replayMoment.value)));
const category = computed(() => inAddress('category') ?? undefined);
export const hotspotQuestion = computed<HotspotQuestion>(() => {
  const day = lastDay.value;
  const until = (day ?? dayStart(Date.now())) + DAY_MS;
  const wanted: HotspotQuestion = { since: dateOf(until - Number(period.value) * DAY_MS) };
  if (day !== null) wanted.until = dateOf(until);
  if (category.value) wanted.category = category.value;
  if (hour.value !== null) wanted.hour = String(hour.value);
  return wanted;
});
const dateOf = (moment: number) => momentToText(moment).slice(0, 10);

export interface DensityProperties {
  lower: number;
  upper: number;
}
export interface GiProperties {
  code: string;
  name: string;
  name_en: string;
  count: number;
  z: number | null;
  spot: 'hot' | 'cold' | 'none';
}
export interface RingProperties {
  minutes: number;
}
export interface ReachProperties {
  code: string;
  name: string;
  name_en: string;
  minutes: number | null;
  ring: number | null;
}
export interface Closure {
  id: string;
  why: string;
  closed_by: string;
  closed_at: string;
  until: string | null;
  lifted_at: string | null;
  edges: number[];
  geometry: Geometry | null;
}
type Shapes<Properties> = FeatureCollection<Geometry, Properties>;
type Reach = Shapes<ReachProperties> & { about: { on_shift: number; within: number[]; grids: number } };

export const theDensity = question<Shapes<DensityProperties>, HotspotQuestion>((query, signal) =>
  ask('/hotspots/density', { query, signal }),
);
export const theGi = question<Shapes<GiProperties>, HotspotQuestion>((query, signal) =>
  ask('/hotspots/areas', { query, signal }),
);
/** The map draws it from tiles of what is seen: all of a district's grids at once would be heavy. */
export const giTiles = computed(() => {
  const query = new URLSearchParams(
    Object.entries(hotspotQuestion.value).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return `${location.origin}/api/v1/hotspots/tiles/areas/{z}/{x}/{y}.mvt?${query}`;
});

export const theRings = question<Shapes<RingProperties>>((_, signal) => ask('/coverage/rings', { signal }));
export const theReach = question<Reach>((_, signal) => ask('/coverage/reach', { signal }));
export const theClosures = question<Closure[], boolean>((past, signal) =>
  ask('/closures', { query: { past }, signal }),
);

/** The stream says that roads were closed or opened: whoever shows closures has them fetched anew. */
export function closuresChanged(): void {
  if (theClosures.asked.peek().state !== 'idle') void theClosures.put(isReplaying.peek());
}

/** The closures that stood at the moment shown. */
export const shownClosures = computed<readonly Closure[]>(() => {
  const all = answerIn(theClosures.asked.value) ?? [];
  const moment = replayMoment.value;
  return moment === null ? all : all.filter(one => stoodAt(one, moment));
});
export function stoodAt(one: Closure, moment: number): boolean {
  const ends = [one.until, one.lifted_at].flatMap(end => (end === null ? [] : [Date.parse(end)]));
  return Date.parse(one.closed_at) <= moment && ends.every(end => end > moment);
}

const HAZARDS = 'hazards';
/** The categories that policy counts among the hazards. */
export const hazardCategories = computed<ReadonlySet<string>>(() => {
  const all = answerIn(theClassification.asked.value)?.categories ?? [];
  return new Set(all.filter(one => one.groups.some(group => group.startsWith(HAZARDS))).map(one => one.id));
});

const AGAIN_MS: Partial<Record<WallLayer, number>> = {
  reach: 30_000,
  density: 120_000,
  circles: 600_000,
};

/** Fetch what the shown layers hold, and again while they are shown, until the result is called. */
export function followLayers(): () => void {
  const sees = () => may('view_statistics');
  const questions: [WallLayer, () => void][] = [
    ['closures', () => void theClosures.put(isReplaying.peek())],
    ['density', () => sees() && void theDensity.put(hotspotQuestion.peek())],
    ['circles', () => sees() && void theRings.put()],
    ['reach', () => sees() && !isReplaying.peek() && void theReach.put()],
  ];
  const stops = questions.map(([layer, put]) => {
    const shown = computed(() => shownLayers.value.has(layer));
    return effect(() => {
      if (layer === 'density') void hotspotQuestion.value;
      else if (layer !== 'circles') void isReplaying.value;
      if (!shown.value) return undefined;
      untracked(put);
      const again = AGAIN_MS[layer];
      const timer = again && setInterval(put, again);
      return () => clearInterval(timer);
    });
  });
  stops.push(
    effect(() => {
      const query = hotspotQuestion.value;
      if (listedLayer.value === 'gi' && sees()) untracked(() => void theGi.put(query));
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

/** Each class of the density by its place from the faintest, so that it finds its colour. */
export function densityClasses(shapes: Shapes<DensityProperties>): Feature[] {
  const lowers = [...new Set(shapes.features.map(one => one.properties.lower))].sort((a, b) => a - b);
  return shapes.features.map(one => ({
    ...one,
    properties: {
      ...one.properties,
      step: Number(densityToken(lowers.indexOf(one.properties.lower), lowers.length).split('-')[1]),
    },
  }));
}

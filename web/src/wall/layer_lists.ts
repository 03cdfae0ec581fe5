import type { ReadonlySignal } from '@preact/signals';
import { ask } from '../shared/api';
import { policyName } from '../shared/classification';
import { clock, dateAndTime, distance, percent, shortMoment } from '../shared/formats';
import { nameOf } from '../shared/language';
import { type Asked, answerIn, question } from '../shared/question';
import {
  type AreaRow,
  type Box,
  type CentreRow,
  fetchAreas,
  fetchCentres,
  type Level,
} from '../shared/territory_api';
import { caseStateName, postName, sharedWords } from '../shared/words';
import { dayStart } from './day';
import { giClass } from './gi_classes';
import { shownHazards } from './layer_features';
import { shownClosures, theClosures, theDensity, theGi, theReach, type WallLayer } from './layers';
import { wallMapWords } from './map_words';
import { casesInHand } from './people_looks';
import { placeOf, queue, shownMoment, shownPeople, theStreets } from './state';
import { walkedMetres } from './trails';
import { shownWays } from './trails_before';
import { wallWords, worded } from './words';

/** What each layer shows, in text: the same things with the same numbers, for who cannot or will not see the map. */

export interface ListRow {
  id: string;
  cells: readonly (string | number | null)[];
  at?: readonly [lon: number, lat: number];
  box?: Box;
  /** A closure can be lifted from its list; a case opened. */
  closure?: string;
  case?: string;
}
export interface LayerTable {
  titles: readonly string[];
  rows: readonly ListRow[];
}

interface CoverageRow {
  level: string;
  code: string;
  name: string;
  name_en: string;
  households: number;
  within: [number, number, number];
}

export const theCentres = question<CentreRow[]>((_, signal) => fetchCentres(signal));
export const theAreas = question<AreaRow[], Level>((level, signal) => fetchAreas(level, undefined, signal));
export const theCoverage = question<{ areas: CoverageRow[] }>((_, signal) => ask('/coverage', { signal }));

/** Layers of what lies anywhere: their lists say near which community. */
const NAMES_PLACES: ReadonlySet<WallLayer> = new Set(['people', 'trails', 'density']);

/** Ask for what a list needs besides what its layer already knows. */
export function askForList(layer: WallLayer): void {
  if (layer === 'centres') void theCentres.put();
  else if (layer === 'circles') void theCoverage.put();
  else if (NAMES_PLACES.has(layer)) void theAreas.put('community');
  else if (layer === 'subdistrict' || layer === 'community' || layer === 'grid') void theAreas.put(layer);
}

/** Whether what the list is made of is still on its way. */
export function isListComing(layer: WallLayer): boolean {
  const asked: Partial<Record<WallLayer, ReadonlySignal<Asked<unknown>>>> = {
    centres: theCentres.asked,
    circles: theCoverage.asked,
    subdistrict: theAreas.asked,
    community: theAreas.asked,
    grid: theAreas.asked,
    density: theDensity.asked,
    gi: theGi.asked,
    reach: theReach.asked,
    closures: theClosures.asked,
    streets: theStreets.asked,
  };
  const { state } = asked[layer]?.value ?? { state: 'ready' };
  return state === 'loading' || state === 'idle';
}

export function listOf(layer: WallLayer): LayerTable {
  const t = wallMapWords().list;
  const w = wallWords();
  switch (layer) {
    case 'cases':
    case 'hazards':
      return {
        titles: [w.columns.number, w.columns.state, w.columns.category, w.columns.street, w.columns.due],
        rows: (layer === 'cases' ? queue : shownHazards).value.map(({ one, mark }) => ({
          id: one.id,
          case: one.id,
          at: one.at,
          cells: [
            w.caseNumber(one.number),
            `${sharedWords().states[mark]} · ${caseStateName(one.state)}`,
            policyName('category', one.category),
            placeOf(one),
            one.due_at && shortMoment(one.due_at),
          ],
        })),
      };
    case 'people':
      return {
        titles: [t.name, t.post, t.inHand, t.near, t.seen],
        rows: shownPeople.value.map(one => ({
          id: one.person,
          at: [one.lon, one.lat],
          cells: [
            nameOf(one),
            postName(one.post),
            casesInHand.value.get(one.person) ?? 0,
            communityNear(one.lon, one.lat),
            seenAt(one.at),
          ],
        })),
      };
    case 'trails':
      return trailList();
    case 'closures':
      return {
        titles: [t.what, t.who, t.when, t.until],
        rows: shownClosures.value.map(one => ({
          id: one.id,
          closure: one.id,
          ...(one.geometry ? { box: boxOf(one.geometry) } : {}),
          cells: [
            one.why,
            one.closed_by,
            shortMoment(one.closed_at),
            one.until ? dateAndTime(one.until) : wallMapWords().untilLifted,
          ],
        })),
      };
    case 'streets':
      return {
        titles: [t.name, t.chief, t.members, t.onShift],
        rows: (answerIn(theStreets.asked.value) ?? []).map(one => ({
          id: one.id,
          box: one.bbox,
          cells: [nameOf(one), one.chief ? nameOf(one.chief) : null, one.members, one.on_shift],
        })),
      };
    case 'centres':
      return {
        titles: [t.name, sharedWords().tier, t.floorArea],
        rows: (answerIn(theCentres.asked.value) ?? []).map(one => ({
          id: one.id,
          at: one.at,
          cells: [nameOf(one), worded(sharedWords().tiers, one.tier || one.kind), one.floor_area_m2],
        })),
      };
    case 'subdistrict':
    case 'community':
    case 'grid':
      return {
        titles: [t.name, t.households],
        rows: (answerIn(theAreas.asked.value) ?? [])
          .filter(one => one.level === layer)
          .map(one => ({ id: one.code, box: one.bbox, cells: [nameOf(one), one.households] })),
      };
    default:
      return analysisList(layer);
  }
}

const seenAt = (at: string) => (Date.parse(at) >= dayStart(shownMoment.value) ? clock(at) : shortMoment(at));

/** How far everybody came in the last minutes, and where to. */
function trailList(): LayerTable {
  const t = wallMapWords().list;
  const ways = shownWays();
  return {
    titles: [t.name, t.post, t.walked, t.near],
    rows: shownPeople.value.flatMap(({ person, lon, lat, ...one }) => {
      const way = ways.get(person);
      if (!way) return [];
      const walked = distance(walkedMetres(way, lat));
      return [
        {
          id: person,
          at: [lon, lat],
          cells: [nameOf(one), postName(one.post), walked, communityNear(lon, lat)],
        },
      ];
    }),
  };
}

/** The community in whose middle a place lies most: its box holds the place, and of such its middle is nearest. */
function communityNear(lon: number, lat: number): string {
  let [name, least] = ['', Number.POSITIVE_INFINITY];
  for (const one of answerIn(theAreas.asked.value) ?? []) {
    const [west, south, east, north] = one.bbox;
    if (one.level !== 'community' || lon < west || lon > east || lat < south || lat > north) continue;
    const away = Math.hypot(lon - (west + east) / 2, lat - (south + north) / 2);
    if (away < least) [name, least] = [nameOf(one), away];
  }
  return name;
}

function analysisList(layer: WallLayer): LayerTable {
  const { list: t, giHot, giCold, densityUnit, within } = wallMapWords();
  switch (layer) {
    case 'density':
      return {
        titles: [t.valueIn(densityUnit), t.near],
        rows: (answerIn(theDensity.asked.value)?.features ?? [])
          .toSorted((one, other) => other.properties.lower - one.properties.lower)
          .flatMap(({ geometry, properties }) =>
            partsOf(geometry).map((part, place) => ({
              id: `${properties.lower}.${place}`,
              box: part,
              cells: [properties.lower, communityNear((part[0] + part[2]) / 2, (part[1] + part[3]) / 2)],
            })),
          ),
      };
    case 'gi':
      return {
        titles: [t.name, t.what, t.count, t.z],
        rows: (answerIn(theGi.asked.value)?.features ?? [])
          .flatMap(one => {
            const place = giClass(one.properties);
            return place === null ? [] : [{ one, place }];
          })
          .sort(({ one }, { one: other }) => (other.properties.z ?? 0) - (one.properties.z ?? 0))
          .map(({ one: { geometry, properties: p }, place }) => ({
            id: p.code,
            box: boxOf(geometry),
            cells: [nameOf(p), [...giHot, giCold][place] ?? '', p.count, p.z && Math.round(p.z * 100) / 100],
          })),
      };
    case 'circles':
      return {
        titles: [t.name, t.households, within(5), within(10), within(15), t.share],
        rows: (answerIn(theCoverage.asked.value)?.areas ?? [])
          .filter(one => one.level === 'subdistrict')
          .map(one => ({
            id: one.code,
            cells: [
              nameOf(one),
              one.households,
              ...one.within,
              one.households ? percent(one.within[2] / one.households) : null,
            ],
          })),
      };
    case 'reach':
      return {
        titles: [t.name, t.minutes],
        rows: (answerIn(theReach.asked.value)?.features ?? [])
          .toSorted((one, other) => minutesIn(other.properties) - minutesIn(one.properties))
          .map(({ geometry, properties: p }) => ({
            id: p.code,
            box: boxOf(geometry),
            cells: [nameOf(p), p.minutes],
          })),
      };
    default:
      return { titles: [], rows: [] };
  }
}

const minutesIn = ({ minutes }: { minutes: number | null }) => minutes ?? Number.POSITIVE_INFINITY;

/** The box around a shape. */
export function boxOf(shape: GeoJSON.Geometry): Box {
  const box: Box = [180, 90, -180, -90];
  const look = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    const [lon, lat] = value as unknown[];
    if (typeof lon === 'number' && typeof lat === 'number') {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    } else for (const inner of value) look(inner);
  };
  if (shape.type === 'GeometryCollection')
    for (const one of shape.geometries) look((one as GeoJSON.Polygon).coordinates);
  else look(shape.coordinates);
  return box;
}

const MOST_PARTS = 50;
/** The boxes of a shape's parts: of each class of a density, its spots. */
function partsOf(shape: GeoJSON.Geometry): Box[] {
  if (shape.type !== 'MultiPolygon') return [boxOf(shape)];
  return shape.coordinates.slice(0, MOST_PARTS).map(coordinates => boxOf({ type: 'Polygon', coordinates }));
}

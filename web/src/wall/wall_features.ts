import type { Feature, FeatureCollection, Point } from 'geojson';
import type { Position } from '../shared/case_api';
import type { MarkState } from '../shared/case_states';
import type { Placed } from './case_marks';

/** Cases and people as the map takes them. */

/** What is worse is drawn above, and gives a gathered disc its colour. */
export const WORSE: readonly MarkState[] = [
  'settled',
  'paused',
  'underway',
  'offered',
  'new',
  'soon',
  'late',
];
const FAN_RADIUS_PX = 16;

export function fanOffset(place: number, sharing: number): [number, number] {
  if (sharing <= 1) return [0, 0];
  const angle = (place / sharing) * 2 * Math.PI - Math.PI / 2;
  const radius = Math.max(FAN_RADIUS_PX, (sharing * FAN_RADIUS_PX) / Math.PI);
  return [Math.round(Math.cos(angle) * radius), Math.round(Math.sin(angle) * radius)];
}

const SILENT_AFTER_MS = 30 * 60_000;

export function personFeatures(
  people: readonly Position[],
  busy: ReadonlySet<string>,
  now: number,
  nameOf: (one: Position) => string,
): Feature<Point>[] {
  return people.map(one => {
    const silent = now - Date.parse(one.at) > SILENT_AFTER_MS;
    return {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [one.lon, one.lat] },
      properties: {
        id: one.person,
        name: nameOf(one),
        look: silent ? 'silent' : busy.has(one.person) ? 'busy' : 'free',
      },
    };
  });
}

/** The open case, and a line to whom dispatch would send where that is known. */
export function openCaseFeatures(
  placed: Placed | null,
  suggested: [lon: number, lat: number] | null,
): FeatureCollection {
  if (!placed) return { type: 'FeatureCollection', features: [] };
  const { one, mark } = placed;
  const features: Feature[] = [
    {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: one.at },
      properties: { picture: `mark-${mark}` },
    },
  ];
  if (suggested) {
    const person = { type: 'Point' as const, coordinates: suggested };
    const way = { type: 'LineString' as const, coordinates: [suggested, one.at] };
    features.push(
      { type: 'Feature', geometry: person, properties: { picture: 'person-free' } },
      { type: 'Feature', geometry: way, properties: {} },
    );
  }
  return { type: 'FeatureCollection', features };
}

/** A line from each case of a plan to whoever would get it, as far as his place is known. */
export function planFeatures(
  offers: readonly { case: string; responder: string }[],
  placeOfCase: (id: string) => [number, number] | undefined,
  placeOfPerson: (id: string) => [number, number] | undefined,
): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: offers.flatMap(({ case: id, responder }): Feature[] => {
      const [from, to] = [placeOfPerson(responder), placeOfCase(id)];
      if (!to) return [];
      const end: Feature = { type: 'Feature', geometry: { type: 'Point', coordinates: to }, properties: {} };
      if (!from) return [end];
      return [
        { type: 'Feature', geometry: { type: 'LineString', coordinates: [from, to] }, properties: {} },
        end,
      ];
    }),
  };
}

export interface FeatureChange {
  add: Feature<Point>[];
  remove: string[];
}

/** What to change on the map to get from one picture to the next: only that travels to its worker. */
export class FeatureLedger {
  #drawn = new Map<string, string>();

  change(features: readonly Feature<Point>[]): FeatureChange | null {
    const next = new Map<string, string>();
    const add: Feature<Point>[] = [];
    for (const feature of features) {
      const id = String(feature.properties?.id);
      const looks = JSON.stringify(feature);
      next.set(id, looks);
      if (this.#drawn.get(id) !== looks) add.push(feature);
    }
    const remove = [...this.#drawn.keys()].filter(id => !next.has(id));
    this.#drawn = next;
    return add.length > 0 || remove.length > 0 ? { add, remove } : null;
  }

  forget(): void {
    this.#drawn.clear();
  }
}

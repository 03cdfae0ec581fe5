import type { Feature } from 'geojson';
import type { Position } from '../shared/case_api';

/** The ways of the last minutes: what the stream told, kept no longer than they are drawn. */

export const TRAIL_MS = 10 * 60_000;
const MOST_POINTS = 120;

interface Step {
  at: number;
  lon: number;
  lat: number;
}

export class Trails {
  readonly #ways = new Map<string, Step[]>();

  /** Note where people are; who has not moved adds nothing. */
  note(people: readonly Position[]): void {
    const here = new Set<string>();
    for (const { person, lon, lat, at } of people) {
      here.add(person);
      const step = { at: Date.parse(at), lon, lat };
      const way = this.#ways.get(person);
      const last = way?.at(-1);
      if (!way) this.#ways.set(person, [step]);
      else if (last && step.at > last.at && (last.lon !== lon || last.lat !== lat)) {
        way.push(step);
        if (way.length > MOST_POINTS) way.shift();
      }
    }
    for (const person of this.#ways.keys()) if (!here.has(person)) this.#ways.delete(person);
  }

  /** Put in what was walked before this page began to listen. */
  begin(person: string, steps: readonly Step[]): void {
    const known = this.#ways.get(person) ?? [];
    const first = known[0]?.at ?? Number.POSITIVE_INFINITY;
    this.#ways.set(person, [...steps.filter(step => step.at < first), ...known].slice(-MOST_POINTS));
  }

  features(now: number): Feature[] {
    const found: Feature[] = [];
    for (const [person, way] of this.#ways) {
      while (way[0] && now - way[0].at > TRAIL_MS) way.shift();
      if (way.length > 1)
        found.push(
          trailFeature(
            person,
            way.map(({ lon, lat }) => [lon, lat]),
          ),
        );
    }
    return found;
  }
}

export function trailFeature(person: string, coordinates: number[][]): Feature {
  return { type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { id: person } };
}

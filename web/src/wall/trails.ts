import type { Position } from '../shared/case_api';
import { mercatorX, mercatorY } from '../shared/map/mercator';
import { earthAroundM } from '../shared/scale';

/** The ways of the last minutes: what the stream told, kept no longer than they are drawn. */

export const TRAIL_MS = 10 * 60_000;
/** A way is kept by its corners, so far apart in time; its end follows the person. */
const APART_MS = 5_000;
const MOST_POINTS = TRAIL_MS / APART_MS;

/** A place on the mercator square, and when somebody was there. */
export interface Step {
  at: number;
  x: number;
  y: number;
}
export type Way = readonly Step[];
export type Ways = ReadonlyMap<string, Way>;

export const stepAt = (at: number, lon: number, lat: number): Step => ({
  at,
  x: mercatorX(lon),
  y: mercatorY(lat),
});

export class Trails {
  readonly #ways = new Map<string, Step[]>();

  /** Note where people are; who has not moved adds nothing. */
  note(people: readonly Position[]): void {
    const here = new Set<string>();
    for (const { person, lon, lat, at } of people) {
      here.add(person);
      const way = this.#ways.get(person);
      const last = way?.at(-1);
      const [x, y] = [mercatorX(lon), mercatorY(lat)];
      if (last && last.x === x && last.y === y) continue;
      const step = { at: Date.parse(at), x, y };
      if (!way || !last) this.#ways.set(person, [step]);
      else if (step.at > last.at) append(way, step);
    }
    for (const person of this.#ways.keys()) if (!here.has(person)) this.#ways.delete(person);
  }

  /** Put in what was walked before this page began to listen. */
  begin(person: string, steps: readonly Step[]): void {
    const known = this.#ways.get(person) ?? [];
    const first = known[0]?.at ?? Number.POSITIVE_INFINITY;
    this.#ways.set(person, [...steps.filter(step => step.at < first), ...known].slice(-MOST_POINTS));
  }

  /** What of them is still to be drawn, by person. */
  ways(now: number): Ways {
    const found = new Map<string, Way>();
    for (const [person, way] of this.#ways) {
      while (way[0] && now - way[0].at > TRAIL_MS) way.shift();
      if (way.length > 1) found.set(person, way);
    }
    return found;
  }
}

/** How far somebody came, at the latitude where he is. */
export function walkedMetres(way: Way, lat: number): number {
  let walked = 0;
  for (let place = 1; place < way.length; place += 1) {
    const [before, step] = [way[place - 1] as Step, way[place] as Step];
    walked += Math.hypot(step.x - before.x, step.y - before.y);
  }
  return walked * earthAroundM(lat);
}

function append(way: Step[], step: Step): void {
  const corner = way.at(-2);
  if (corner && step.at - corner.at < APART_MS) way.pop();
  way.push(step);
  if (way.length > MOST_POINTS) way.shift();
}

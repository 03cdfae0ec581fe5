import type { Feature, FeatureCollection, Point } from 'geojson';
import type { MarkState } from '../shared/case_states';
import type { Placed } from './case_marks';
import { type FeatureChange, fanOffset, WORSE } from './wall_features';

/**
 * Cases on the map, each by itself from near and counted by area from afar. It remembers what it drew: of many
 * thousands only those that changed since are looked at twice, and only they travel to the map's worker.
 */

const SAME_PLACE_DIGITS = 5;
const CODE_LENGTH = { community: 12, grid: 15 } as const;
export type Gathering = keyof typeof CODE_LENGTH;

interface Drawn {
  placed: Placed;
  /** Where it lies to about a metre: who shares it fans out around it. */
  spot: string;
  round: number;
}

interface Tally {
  lon: number;
  lat: number;
  count: number;
  marks: Map<MarkState, number>;
}

export class CaseLayer {
  #drawn = new Map<string, Drawn>();
  #spots = new Map<string, Set<string>>();
  #tallies: Record<Gathering, Map<string, Tally>> = { community: new Map(), grid: new Map() };
  #round = 0;

  /** What to change on the map so that it shows these; null where nothing did. */
  change(placed: readonly Placed[]): FeatureChange | null {
    this.#round += 1;
    const touched = new Set<string>();
    for (const one of placed) {
      const known = this.#drawn.get(one.one.id);
      if (known?.placed === one) known.round = this.#round;
      else this.#put(one, known, touched);
    }
    const remove: string[] = [];
    if (this.#drawn.size > placed.length) {
      for (const [id, known] of this.#drawn) {
        if (known.round === this.#round) continue;
        this.#takeOut(known, touched);
        this.#drawn.delete(id);
        remove.push(id);
      }
    }
    const add = [...touched].flatMap(spot => this.#featuresAt(spot));
    return add.length > 0 || remove.length > 0 ? { add, remove } : null;
  }

  /** Counts by community or grid, each in the middle of its cases, in the colour of the worst. */
  gathered(by: Gathering): FeatureCollection<Point> {
    return {
      type: 'FeatureCollection',
      features: [...this.#tallies[by]].map(([code, { lon, lat, count, marks }]) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [lon / count, lat / count] },
        properties: { id: code, code, count, mark: worstOf(marks) },
      })),
    };
  }

  forget(): void {
    this.#drawn.clear();
    this.#spots.clear();
    for (const tallies of Object.values(this.#tallies)) tallies.clear();
  }

  #put(placed: Placed, known: Drawn | undefined, touched: Set<string>): void {
    const { id, at } = placed.one;
    const spot = at.map(degrees => degrees.toFixed(SAME_PLACE_DIGITS)).join();
    // One that changes without moving keeps its place in the fan.
    if (known && known.spot !== spot) this.#takeOut(known, touched);
    else if (known) this.#count(known.placed, -1);
    this.#drawn.set(id, { placed, spot, round: this.#round });
    const sharing = this.#spots.get(spot);
    if (sharing) sharing.add(id);
    else this.#spots.set(spot, new Set([id]));
    touched.add(spot);
    this.#count(placed, 1);
  }

  #takeOut({ placed, spot }: Drawn, touched: Set<string>): void {
    const sharing = this.#spots.get(spot);
    sharing?.delete(placed.one.id);
    if (sharing?.size === 0) this.#spots.delete(spot);
    touched.add(spot);
    this.#count(placed, -1);
  }

  #count({ one, mark }: Placed, by: 1 | -1): void {
    const area = one.area ?? one.nearest_area ?? '';
    for (const kind of ['community', 'grid'] as const) {
      const code = area.slice(0, CODE_LENGTH[kind]);
      const tallies = this.#tallies[kind];
      const tally = tallies.get(code) ?? { lon: 0, lat: 0, count: 0, marks: new Map() };
      tally.lon += by * one.at[0];
      tally.lat += by * one.at[1];
      tally.count += by;
      tally.marks.set(mark, (tally.marks.get(mark) ?? 0) + by);
      if (tally.count === 0) tallies.delete(code);
      else tallies.set(code, tally);
    }
  }

  #featuresAt(spot: string): Feature<Point>[] {
    const sharing = [...(this.#spots.get(spot) ?? [])].flatMap(id => this.#drawn.get(id) ?? []);
    return sharing.map(({ placed: { one, mark } }, place) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: one.at },
      properties: {
        id: one.id,
        mark,
        severity: one.severity,
        order: WORSE.indexOf(mark) * 10 + one.severity,
        offset: fanOffset(place, sharing.length),
      },
    }));
  }
}

function worstOf(marks: ReadonlyMap<MarkState, number>): MarkState {
  return WORSE.findLast(mark => (marks.get(mark) ?? 0) > 0) ?? 'settled';
}

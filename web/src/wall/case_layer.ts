import type { MarkState } from '../shared/case_states';
import { mercatorX, mercatorY } from '../shared/map/mercator';
import type { Placed } from './case_marks';

/**
 * Cases on the map, each by itself from near and counted by area from afar. It remembers what it drew: of many
 * thousands only those that changed since are looked at twice.
 */

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
const SAME_PLACE_DIGITS = 5;
const CODE_LENGTH = { community: 12, grid: 15 } as const;
export type Gathering = keyof typeof CODE_LENGTH;

/** One case as it stands on the map: its place on the mercator square, and how far from it it is drawn. */
export interface CaseMark {
  placed: Placed;
  x: number;
  y: number;
  offset: readonly [x: number, y: number];
  /** The worse and the graver are drawn above. */
  order: number;
}

/** The cases of an area, in the middle of them and in the colour of the worst. */
export interface GatheredMark {
  code: string;
  x: number;
  y: number;
  count: number;
  worst: MarkState;
}

interface Drawn extends CaseMark {
  /** Where it lies to about a metre: who shares it fans out around it. */
  spot: string;
  round: number;
}

interface Tally {
  x: number;
  y: number;
  count: number;
  marks: Map<MarkState, number>;
}

export class CaseLayer {
  readonly #drawn = new Map<string, Drawn>();
  readonly #spots = new Map<string, Set<string>>();
  readonly #tallies: Record<Gathering, Map<string, Tally>> = { community: new Map(), grid: new Map() };
  #round = 0;

  /** Show these; false where nothing changed by it. */
  show(placed: readonly Placed[]): boolean {
    this.#round += 1;
    const touched = new Set<string>();
    for (const one of placed) {
      const known = this.#drawn.get(one.one.id);
      if (known?.placed === one) known.round = this.#round;
      else this.#put(one, known, touched);
    }
    if (this.#drawn.size > placed.length) {
      for (const [id, known] of this.#drawn) {
        if (known.round === this.#round) continue;
        this.#takeOut(known, touched);
        this.#drawn.delete(id);
      }
    }
    for (const spot of touched) this.#fanOut(spot);
    return touched.size > 0;
  }

  get marks(): Iterable<CaseMark> {
    return this.#drawn.values();
  }

  get(id: string): CaseMark | undefined {
    return this.#drawn.get(id);
  }

  /** Counts by community or grid. */
  gathered(by: Gathering): GatheredMark[] {
    return [...this.#tallies[by]].map(([code, { x, y, count, marks }]) => ({
      code,
      x: x / count,
      y: y / count,
      count,
      worst: worstOf(marks),
    }));
  }

  #put(placed: Placed, known: Drawn | undefined, touched: Set<string>): void {
    const { id, at, severity } = placed.one;
    const spot = at.map(degrees => degrees.toFixed(SAME_PLACE_DIGITS)).join();
    // One that changes without moving keeps its place in the fan.
    if (known && known.spot !== spot) this.#takeOut(known, touched);
    else if (known) this.#count(known, -1);
    const drawn: Drawn = {
      placed,
      x: mercatorX(at[0]),
      y: mercatorY(at[1]),
      offset: known?.offset ?? [0, 0],
      order: WORSE.indexOf(placed.mark) * 10 + severity,
      spot,
      round: this.#round,
    };
    this.#drawn.set(id, drawn);
    const sharing = this.#spots.get(spot);
    if (sharing) sharing.add(id);
    else this.#spots.set(spot, new Set([id]));
    touched.add(spot);
    this.#count(drawn, 1);
  }

  #takeOut(drawn: Drawn, touched: Set<string>): void {
    const { placed, spot } = drawn;
    const sharing = this.#spots.get(spot);
    sharing?.delete(placed.one.id);
    if (sharing?.size === 0) this.#spots.delete(spot);
    touched.add(spot);
    this.#count(drawn, -1);
  }

  #count({ placed: { one, mark }, x, y }: Drawn, by: 1 | -1): void {
    const area = one.area ?? one.nearest_area ?? '';
    for (const kind of ['community', 'grid'] as const) {
      const code = area.slice(0, CODE_LENGTH[kind]);
      const tallies = this.#tallies[kind];
      const tally = tallies.get(code) ?? { x: 0, y: 0, count: 0, marks: new Map() };
      tally.x += by * x;
      tally.y += by * y;
      tally.count += by;
      tally.marks.set(mark, (tally.marks.get(mark) ?? 0) + by);
      if (tally.count === 0) tallies.delete(code);
      else tallies.set(code, tally);
    }
  }

  #fanOut(spot: string): void {
    const sharing = this.#spots.get(spot);
    if (!sharing) return;
    let place = 0;
    for (const id of sharing) {
      const drawn = this.#drawn.get(id);
      if (drawn) drawn.offset = fanOffset(place, sharing.size);
      place += 1;
    }
  }
}

export function fanOffset(place: number, sharing: number): [number, number] {
  if (sharing <= 1) return [0, 0];
  const angle = (place / sharing) * 2 * Math.PI - Math.PI / 2;
  const radius = Math.max(FAN_RADIUS_PX, (sharing * FAN_RADIUS_PX) / Math.PI);
  return [Math.round(Math.cos(angle) * radius), Math.round(Math.sin(angle) * radius)];
}

function worstOf(marks: ReadonlyMap<MarkState, number>): MarkState {
  return WORSE.findLast(mark => (marks.get(mark) ?? 0) > 0) ?? 'settled';
}

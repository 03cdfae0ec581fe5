import { MARK_SHAPES, type MarkState } from '../shared/case_states';
import { type Painting, painted } from '../shared/map/pictures';
import { token } from '../shared/palette';
import { LOOK_TOKENS, type PersonLook } from './people_looks';

/** Marks painted once in each size and colour that they are seen in: to draw one is then to copy it. */

const MARK_PX = 22;
const PERSON_PX = 20;
const KEPT = 800;

export class Sprites {
  readonly #painted = new Map<string, HTMLCanvasElement>();
  readonly #tokens = new Map<string, string>();

  constructor(private readonly font: string) {}

  colour(name: string): string {
    let colour = this.#tokens.get(name);
    if (colour === undefined) {
      colour = token(name);
      this.#tokens.set(name, colour);
    }
    return colour;
  }

  fontOf(size: number): string {
    return `600 ${size}px ${this.font}`;
  }

  /** A state's shape with an edge in the ground's colour, so that it stands off whatever lies beneath. */
  mark(state: MarkState, scale: number): HTMLCanvasElement {
    return this.#get(`${state} ${scale.toFixed(2)}`, scale, () => ({
      size: MARK_PX,
      draw: context => {
        context.translate(3, 3);
        const path = new Path2D(MARK_SHAPES[state]);
        context.lineJoin = 'round';
        context.lineWidth = 3;
        context.strokeStyle = this.colour('map-halo');
        context.stroke(path);
        context.fillStyle = this.colour(`state-${state}`);
        context.fill(path);
      },
    }));
  }

  /** Somebody on shift: a disc with a head and shoulders, from afar a dot. */
  person(look: PersonLook, scale: number, far = false): HTMLCanvasElement {
    return this.#get(`person-${look} ${far} ${scale.toFixed(2)}`, scale, () => ({
      size: PERSON_PX,
      draw: context => {
        const [colour, ground] = [this.colour(LOOK_TOKENS[look]), this.colour('map-halo')];
        // Whose place is an old one is hollow: its grey alone would not tell it from who is free.
        const [disc, edge, figure] = look === 'silent' ? [ground, colour, colour] : [colour, ground, ground];
        if (far) {
          context.beginPath();
          context.arc(10, 10, 4.5, 0, 2 * Math.PI);
          context.fillStyle = disc;
          context.fill();
          context.lineWidth = 2;
          context.strokeStyle = edge;
          context.stroke();
          return;
        }
        context.beginPath();
        context.arc(10, 10, 8, 0, 2 * Math.PI);
        context.fillStyle = disc;
        context.fill();
        context.lineWidth = 1.5;
        context.strokeStyle = edge;
        context.stroke();
        context.fillStyle = figure;
        context.beginPath();
        context.arc(10, 7.6, 2.4, 0, 2 * Math.PI);
        context.fill();
        context.fill(new Path2D('M5.6 14.4c.5-2.4 2.2-3.6 4.4-3.6s3.9 1.2 4.4 3.6Z'));
      },
    }));
  }

  /** A disc as large as its count, in the colour of its worst case. */
  disc(count: number, worst: MarkState, scale: number): HTMLCanvasElement {
    return this.#get(`disc ${count} ${worst} ${scale.toFixed(2)}`, scale, () => {
      const radius = discRadius(count);
      const middle = Math.ceil(radius) + 2;
      return {
        size: middle * 2,
        draw: context => {
          context.beginPath();
          context.arc(middle, middle, radius, 0, 2 * Math.PI);
          context.fillStyle = this.colour('surface');
          context.fill();
          context.lineWidth = 2.5;
          context.strokeStyle = this.colour(`state-${worst}`);
          context.stroke();
          context.font = this.fontOf(12);
          context.textAlign = 'center';
          context.textBaseline = 'middle';
          context.fillStyle = this.colour('ink');
          context.fillText(String(count), middle, middle + 0.5);
        },
      };
    });
  }

  #get(key: string, scale: number, painting: () => Painting): HTMLCanvasElement {
    let canvas = this.#painted.get(key);
    if (!canvas) {
      if (this.#painted.size >= KEPT) this.#painted.clear();
      canvas = painted(painting(), scale);
      this.#painted.set(key, canvas);
    }
    return canvas;
  }
}

/** Radii by the root of the count, so that more cases are more area; of very many they say no more than the number. */
const RADII: readonly (readonly [root: number, radius: number])[] = [
  [1, 9],
  [5, 13],
  [15, 18],
  [40, 25],
];

export const discRadius = (count: number) => between(RADII, Math.sqrt(count));

/** A value between stops, straight from one to the next; before the first and after the last it stays. */
export function between(stops: readonly (readonly [at: number, value: number])[], at: number): number {
  let [before, value] = stops[0] ?? [0, 0];
  if (at <= before) return value;
  for (const [stop, next] of stops) {
    if (at < stop) return value + ((at - before) / (stop - before)) * (next - value);
    [before, value] = [stop, next];
  }
  return value;
}

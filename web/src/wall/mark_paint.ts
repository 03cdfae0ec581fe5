import type { MarkState } from '../shared/case_states';
import type { Outlook } from '../shared/map/map_canvas';
import { mercatorX, mercatorY } from '../shared/map/mercator';
import type { CaseMark, GatheredMark } from './case_layer';
import { between, discRadius, type Sprites } from './mark_sprites';
import type { PersonLook } from './people_looks';
import type { Way } from './trails';

/** How each kind of mark is painted over the map, in pixels of the screen. */

export interface Brush {
  context: CanvasRenderingContext2D;
  outlook: Outlook;
  sprites: Sprites;
  /** How much larger marks are, for maps that are read from afar. */
  magnified: number;
  /** What the pointer can catch: the later lies above. */
  catches: Catch[];
}

export interface Catch {
  kind: 'case' | 'gathered' | 'person';
  id: string;
  name: () => string;
  x: number;
  y: number;
  radius: number;
}

/** Which of a kind is under the pointer, and which was chosen. */
export interface Attention {
  hovered: string | null;
  chosen: string | null;
}

/** Below the first, cases gather by community; below the second, by grid; above, each stands for itself. */
export const GATHER_ZOOMS = { community: 12.5, grid: 14 } as const;
export const PEOPLE_FROM = 11;
/** From afar many people are dots: figures would be too small to tell, and hide the names of places. */
const FIGURES_FROM = 13;
const NAMES_FROM = 16;
const BEYOND_EDGE_PX = 40;

const isSeen = ({ width, height }: Outlook, x: number, y: number) =>
  x > -BEYOND_EDGE_PX && y > -BEYOND_EDGE_PX && x < width + BEYOND_EDGE_PX && y < height + BEYOND_EDGE_PX;

/** Copied to whole pixels: marks stay crisp, and nothing is to be computed between them. */
function stamp(context: CanvasRenderingContext2D, sprite: HTMLCanvasElement, x: number, y: number): void {
  context.drawImage(sprite, Math.round(x - sprite.width / 2), Math.round(y - sprite.height / 2));
}

function halo({ context, outlook, sprites }: Brush, x: number, y: number, radius: number, share: number) {
  const before = context.globalAlpha;
  context.globalAlpha = before * share;
  context.fillStyle = sprites.colour('accent');
  context.beginPath();
  context.arc(x, y, radius * outlook.ratio, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = before;
}

function attend(brush: Brush, id: string, attention: Attention, x: number, y: number, radius: number): void {
  if (attention.chosen === id) halo(brush, x, y, radius, 0.55);
  else if (attention.hovered === id) halo(brush, x, y, radius, 0.3);
}

/** Where people came from: lines that end at them. Steps closer than a pixel or two are one. */
export function paintTrails({ context, outlook, sprites }: Brush, ways: Iterable<Way>): void {
  const least = 1.5 * outlook.ratio;
  context.beginPath();
  for (const way of ways) {
    let [px, py] = [Number.NaN, Number.NaN];
    for (const { x, y } of way) {
      const [nx, ny] = [outlook.x(x, y), outlook.y(x, y)];
      if (Number.isNaN(px)) {
        if (!isSeen(outlook, nx, ny)) break;
        context.moveTo(nx, ny);
      } else if (Math.abs(nx - px) + Math.abs(ny - py) < least) continue;
      else context.lineTo(nx, ny);
      [px, py] = [nx, ny];
    }
  }
  const before = context.globalAlpha;
  context.globalAlpha = before * 0.6;
  context.strokeStyle = sprites.colour('accent');
  context.lineWidth = between(TRAIL_WIDTHS, outlook.zoom) * outlook.ratio;
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.stroke();
  context.globalAlpha = before;
}
const TRAIL_WIDTHS = [
  [11, 1],
  [16, 3],
] as const;

/** Hazards wear a wide ring in the colour of the text, at every zoom: they are few, and never gathered away. */
export function paintHazards(brush: Brush, places: readonly (readonly [lon: number, lat: number])[]): void {
  const { context, outlook, sprites } = brush;
  const radius = between(HAZARD_RADII, outlook.zoom) * outlook.ratio;
  context.strokeStyle = sprites.colour('ink');
  context.fillStyle = sprites.colour('surface');
  context.lineWidth = between(HAZARD_WIDTHS, outlook.zoom) * outlook.ratio;
  context.beginPath();
  for (const [lon, lat] of places) {
    const [mx, my] = [mercatorX(lon), mercatorY(lat)];
    const [x, y] = [outlook.x(mx, my), outlook.y(mx, my)];
    if (!isSeen(outlook, x, y)) continue;
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  if (outlook.zoom < GATHER_ZOOMS.grid) context.fill();
  context.stroke();
}
const HAZARD_RADII = [
  [10, 4],
  [13, 8],
  [16, 15],
] as const;
const HAZARD_WIDTHS = [
  [10, 2],
  [16, 3],
] as const;

export interface PersonMark {
  id: string;
  lon: number;
  lat: number;
  look: PersonLook;
  name: () => string;
}

export function paintPeople(brush: Brush, people: readonly PersonMark[], attention: Attention): void {
  const { context, outlook, sprites, magnified, catches } = brush;
  if (outlook.zoom < PEOPLE_FROM) return;
  const scale = between(PERSON_SCALES, outlook.zoom) * outlook.ratio * magnified;
  const radius = 8 * scale;
  const named: Catch[] = [];
  for (const { id, lon, lat, look, name } of people) {
    const [mx, my] = [mercatorX(lon), mercatorY(lat)];
    const [x, y] = [outlook.x(mx, my), outlook.y(mx, my)];
    if (!isSeen(outlook, x, y)) continue;
    attend(brush, id, attention, x, y, 12 * magnified);
    stamp(context, sprites.person(look, scale, outlook.zoom < FIGURES_FROM), x, y);
    const caught: Catch = { kind: 'person', id, name, x, y, radius };
    catches.push(caught);
    named.push(caught);
  }
  if (outlook.zoom >= NAMES_FROM) paintNames(brush, named);
}
const PERSON_SCALES = [
  [11, 0.45],
  [14, 0.8],
  [16, 1],
] as const;

/** A name that would lie on another is left out. */
function paintNames({ context, outlook, sprites, magnified }: Brush, named: readonly Catch[]): void {
  const size = 12 * outlook.ratio * magnified;
  context.font = sprites.fontOf(size);
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.lineJoin = 'round';
  context.lineWidth = 2.8 * outlook.ratio;
  context.strokeStyle = sprites.colour('map-halo');
  context.fillStyle = sprites.colour('map-label');
  const taken: [left: number, top: number, right: number][] = [];
  for (const { name, x, y, radius } of named) {
    const text = name();
    const half = context.measureText(text).width / 2;
    const top = y + radius + 2 * outlook.ratio;
    const hits = taken.some(
      ([left, other, right]) => x - half < right && x + half > left && Math.abs(top - other) < size,
    );
    if (hits) continue;
    taken.push([x - half, top, x + half]);
    context.strokeText(text, x, top);
    context.fillText(text, x, top);
  }
}

export function paintGathered(brush: Brush, marks: readonly GatheredMark[]): void {
  const { context, outlook, sprites, magnified, catches } = brush;
  const scale = outlook.ratio * magnified;
  // The fewer lie above: a small disc at the edge of a large one stays to be seen.
  for (const { code, x: mx, y: my, count, worst } of marks.toSorted(
    (one, other) => other.count - one.count,
  )) {
    const [x, y] = [outlook.x(mx, my), outlook.y(mx, my)];
    if (!isSeen(outlook, x, y)) continue;
    stamp(context, sprites.disc(count, worst, scale), x, y);
    catches.push({ kind: 'gathered', id: code, name: () => '', x, y, radius: discRadius(count) * scale });
  }
}

export function paintCases(
  brush: Brush,
  marks: Iterable<CaseMark>,
  attention: Attention,
  nameOf: (mark: CaseMark) => string,
): void {
  const { context, outlook, sprites, magnified, catches } = brush;
  const size = outlook.ratio * magnified;
  const seen: [mark: CaseMark, x: number, y: number][] = [];
  for (const mark of marks) {
    const x = outlook.x(mark.x, mark.y) + mark.offset[0] * size;
    const y = outlook.y(mark.x, mark.y) + mark.offset[1] * size;
    if (isSeen(outlook, x, y)) seen.push([mark, x, y]);
  }
  seen.sort(([one], [other]) => one.order - other.order);
  for (const [mark, x, y] of seen) {
    const { one, mark: state } = mark.placed;
    const scale = severityScale(one.severity) * size;
    attend(brush, one.id, attention, x, y, 15 * magnified);
    stamp(context, sprites.mark(state, scale), x, y);
    catches.push({ kind: 'case', id: one.id, name: () => nameOf(mark), x, y, radius: 9 * scale });
  }
}

/** Severity is size. */
const severityScale = (severity: number) =>
  between(
    [
      [1, 0.75],
      [3, 1],
      [5, 1.45],
    ],
    severity,
  );

export type LonLatPair = readonly [lon: number, lat: number];

/** The proposed assignment: a line for each offer, a ring around each case that gets one. */
export function paintPlan(
  brush: Brush,
  offers: readonly { from: LonLatPair | undefined; to: LonLatPair | undefined }[],
): void {
  const { context, outlook, sprites } = brush;
  context.strokeStyle = sprites.colour('accent');
  context.lineWidth = 2 * outlook.ratio;
  context.beginPath();
  for (const { from, to } of offers) {
    if (!to) continue;
    const [x, y] = pointOf(outlook, to);
    if (from) {
      context.moveTo(...pointOf(outlook, from));
      context.lineTo(x, y);
    }
    context.moveTo(x + 9 * outlook.ratio, y);
    context.arc(x, y, 9 * outlook.ratio, 0, 2 * Math.PI);
  }
  context.stroke();
}

function pointOf(outlook: Outlook, [lon, lat]: LonLatPair): [number, number] {
  const [mx, my] = [mercatorX(lon), mercatorY(lat)];
  return [outlook.x(mx, my), outlook.y(mx, my)];
}

/** The open case stands out at every zoom, with a line to whom dispatch would send where that is known. */
export function paintOpenCase(
  brush: Brush,
  at: LonLatPair,
  offset: readonly [number, number],
  state: MarkState,
  suggested: LonLatPair | null,
): void {
  const { context, outlook, sprites, magnified } = brush;
  const { ratio } = outlook;
  const fan = outlook.zoom < GATHER_ZOOMS.grid ? 0 : ratio * magnified;
  const [cx, cy] = pointOf(outlook, at);
  const [x, y] = [cx + offset[0] * fan, cy + offset[1] * fan];
  context.strokeStyle = sprites.colour('accent');
  context.lineWidth = 2 * ratio;
  if (suggested) {
    const [sx, sy] = pointOf(outlook, suggested);
    context.setLineDash([4 * ratio, 4 * ratio]);
    context.beginPath();
    context.moveTo(sx, sy);
    context.lineTo(x, y);
    context.stroke();
    context.setLineDash([]);
    stamp(context, sprites.person('free', ratio * magnified), sx, sy);
  }
  halo(brush, x, y, 17 * magnified, 0.25);
  context.beginPath();
  context.arc(x, y, 17 * ratio * magnified, 0, 2 * Math.PI);
  context.stroke();
  stamp(context, sprites.mark(state, ratio * magnified), x, y);
}

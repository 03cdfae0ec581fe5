import { signal } from '@preact/signals';
import type { Feature, Geometry } from 'geojson';
import { ask, Problem } from '../shared/api';
import type { Position } from '../shared/case_api';
import type { LonLat } from '../shared/gcj02';
import type { MapScene } from '../shared/map/scene';
import { say } from '../shared/parts/Toast';
import { question } from '../shared/question';
import { theClosures } from './layers';
import { wallMapWords } from './map_words';
import { isReplaying } from './replay';

/** Drawing on the map: roads to close, or an area to count. */

export type Tool = 'line' | 'area' | 'count';
export type Corner = [lon: number, lat: number];

export const tool = signal<Tool | null>(null);
export const corners = signal<readonly Corner[]>([]);
/** The outline is complete: what it holds is asked for, and shown. */
export const isDrawn = signal(false);

export interface ClosurePreview {
  edges: number[];
  length_m: number;
  names: string[];
  names_en: string[];
  geometry: Geometry;
}
export interface ShapeCount {
  area_m2: number;
  households: number;
  buildings: number;
  reported: number;
  open: number;
  late: number;
  by_category: { category: string; count: number }[];
  people: Position[] | null;
}

const place = () => ({ [tool.peek() === 'line' ? 'line' : 'outline']: [...corners.peek()] });
export const thePreview = question<ClosurePreview>((_, stop) =>
  ask('/closures/preview', { method: 'POST', body: place(), signal: stop }),
);
export const theCount = question<ShapeCount>((_, stop) =>
  ask('/shapes/count', { method: 'POST', body: place(), signal: stop }),
);

export const fewest = (which: Tool) => (which === 'line' ? 2 : 3);
const DECIMALS = 6;

export function beginDrawing(which: Tool): void {
  stopDrawing();
  if (which === 'count' || !isReplaying.peek()) tool.value = which;
}

export function stopDrawing(): void {
  tool.value = null;
  corners.value = [];
  isDrawn.value = false;
  thePreview.forget();
  theCount.forget();
}

export function addCorner({ lon, lat }: LonLat): void {
  if (tool.peek() === null || isDrawn.peek()) return;
  const corner: Corner = [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];
  const last = corners.peek().at(-1);
  if (last?.[0] === corner[0] && last?.[1] === corner[1]) return;
  corners.value = [...corners.peek(), corner];
}

export function takeCornerBack(): void {
  if (isDrawn.peek()) return;
  corners.value = corners.peek().slice(0, -1);
}

const BESIDE_CARD_PX = { top: 60, right: 60, bottom: 100, left: 440 };

/** Bring what was drawn out from under the card that tells of it; nearer than before it never comes. */
export function showDrawn({ map }: MapScene): void {
  const [lons, lats] = [corners.peek().map(([lon]) => lon), corners.peek().map(([, lat]) => lat)];
  const box: [number, number, number, number] = [
    Math.min(...lons),
    Math.min(...lats),
    Math.max(...lons),
    Math.max(...lats),
  ];
  if (map.getCanvas().clientWidth < 2 * BESIDE_CARD_PX.left) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  map.fitBounds(box, { padding: BESIDE_CARD_PX, maxZoom: map.getZoom(), duration: still ? 0 : 400 });
}

export function finishDrawing(): void {
  const which = tool.peek();
  if (which === null || isDrawn.peek() || corners.peek().length < fewest(which)) return;
  isDrawn.value = true;
  void (which === 'count' ? theCount.put() : thePreview.put());
}

/** Close what was drawn; dispatch goes around it from the answer on. `hours` is empty for 'until lifted'. */
export async function closeDrawn(why: string, hours: string): Promise<void> {
  const t = wallMapWords();
  const until = hours ? new Date(Date.now() + Number(hours) * 3_600_000).toISOString() : null;
  try {
    const { id } = await ask<{ id: string }>('/closures', {
      method: 'POST',
      body: { ...place(), why, until },
    });
    say(t.closed, () => void liftClosure(id));
    stopDrawing();
  } catch (error) {
    say(t.notClosed(reasonOf(error)));
  }
  void theClosures.put(isReplaying.peek());
}

export async function liftClosure(id: string): Promise<void> {
  const t = wallMapWords();
  try {
    await ask(`/closures/${id}`, { method: 'DELETE' });
    say(t.lifted);
  } catch (error) {
    say(t.notLifted(reasonOf(error)));
  }
  void theClosures.put(isReplaying.peek());
}

const reasonOf = (error: unknown) => (error instanceof Problem ? error.detail || error.title : String(error));

/** What is drawn so far, and the roads that it would close. */
export function drawingFeatures(): Feature[] {
  const [which, points] = [tool.value, corners.value];
  if (which === null) return [];
  const found: Feature[] = points.map(coordinates => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates },
    properties: { part: 'corner' },
  }));
  if (points.length > 1) {
    const closed = which !== 'line' && points.length > 2 && points[0] ? [...points, points[0]] : [...points];
    found.unshift({
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: closed },
      properties: { part: 'line' },
    });
    if (which !== 'line' && points.length > 2)
      found.unshift({
        type: 'Feature',
        geometry: { type: 'Polygon', coordinates: [closed] },
        properties: { part: 'area' },
      });
  }
  const preview = thePreview.asked.value;
  if (preview.state === 'ready')
    found.unshift({ type: 'Feature', geometry: preview.answer.geometry, properties: { part: 'roads' } });
  return found;
}

/** Let clicks and keys on the map draw while a tool is in hand; the result lets go. */
export function drawOn({ map }: MapScene): () => void {
  const click = (event: { lngLat: { lng: number; lat: number } }) =>
    addCorner({ lon: event.lngLat.lng, lat: event.lngLat.lat });
  const twice = (event: { preventDefault: () => void }) => {
    if (tool.peek() === null) return;
    event.preventDefault();
    finishDrawing();
  };
  const key = (event: KeyboardEvent) => {
    if (tool.peek() === null || event.target !== map.getCanvas()) return;
    if (event.key === 'Enter') finishDrawing();
    else if (event.key === 'Backspace') takeCornerBack();
    else if (event.key === ' ') {
      const { lng, lat } = map.getCenter();
      addCorner({ lon: lng, lat });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  map.on('click', click);
  map.on('dblclick', twice);
  map.getCanvas().addEventListener('keydown', key, { capture: true });
  return () => {
    map.off('click', click);
    map.off('dblclick', twice);
    map.getCanvas().removeEventListener('keydown', key, { capture: true });
  };
}

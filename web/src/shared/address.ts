import { type ReadonlySignal, signal } from '@preact/signals';

/**
 * What a page shows lives in its address, so that a link shows a colleague the same picture:
 * `/?at=118.8,32.06,13&layers=grid,streets&open=street:S07`.
 */
const current = signal(new URLSearchParams(globalThis.location?.search ?? ''));

globalThis.addEventListener?.('popstate', () => {
  current.value = new URLSearchParams(location.search);
});

export const address: ReadonlySignal<URLSearchParams> = current;

export function inAddress(name: string): string | null {
  return current.value.get(name);
}

/**
 * Write into the address; null takes a name out. `step` makes the change one that the browser's Back undoes:
 * for opening and closing, not for moving the map.
 */
export function putInAddress(changes: Record<string, string | null>, step = false): void {
  const next = new URLSearchParams(current.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  if (next.toString() === current.value.toString()) return;
  current.value = next;
  const text = readable(next);
  const target = `${location.pathname}${text ? `?${text}` : ''}${location.hash}`;
  if (step) history.pushState(null, '', target);
  else history.replaceState(null, '', target);
}

/** Commas and colons need no escaping in a query, and a link is easier to read without. */
export function readable(query: URLSearchParams): string {
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

export interface MapPlace {
  lon: number;
  lat: number;
  zoom: number;
}

export function placeFromText(text: string | null): MapPlace | null {
  const [lon, lat, zoom] = (text ?? '').split(',').map(Number);
  if (lon === undefined || lat === undefined || zoom === undefined) return null;
  const isPlace = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 24;
  return isPlace ? { lon, lat, zoom } : null;
}

export function placeToText({ lon, lat, zoom }: MapPlace): string {
  return `${lon.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`;
}

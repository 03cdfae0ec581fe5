import { signal } from '@preact/signals';
import { type TileLayer, tileSource } from '../shared/map/sources';
import type { Box, District } from '../shared/territory_api';

/** Keeps the map of where somebody works on the phone: the map's own files, and the tiles around the places. */

/** What the phone's map draws. */
const LAYERS: readonly TileLayer[] = [
  'district',
  'district_labels',
  'streets',
  'street_lines',
  'roads',
  'estates',
  'water',
  'rail',
  'green',
  'buildings',
];
/** Farther out there is little to see of a street; closer in tiles are only enlarged. */
const FIRST_ZOOM = 11;
const AROUND_DEG = 0.006;
const AGAIN_MS = 20_000;

/** How far the keeping has come; equal once all that the map needs is on the phone. */
export interface MapKept {
  kept: number;
  of: number;
}

/** What the phone has of the map that its owner needs; null before it was asked for. */
export const mapKept = signal<MapKept | null>(null);

const tileX = (lon: number, zoom: number) => Math.floor(((lon + 180) / 360) * 2 ** zoom);
function tileY(lat: number, zoom: number): number {
  const angle = (lat * Math.PI) / 180;
  return Math.floor(((1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2) * 2 ** zoom);
}

/** The addresses of every tile that is looked at when one of the boxes is. */
export function tilesAround(boxes: readonly Box[], district: District): string[] {
  const addresses = new Set<string>();
  for (const layer of LAYERS) {
    const { tiles, minzoom = 0, maxzoom = 0 } = tileSource(layer, district);
    const address = new URL(tiles?.[0] ?? '');
    const path = decodeURI(address.pathname) + address.search;
    for (let zoom = Math.max(FIRST_ZOOM, minzoom); zoom <= maxzoom; zoom += 1) {
      for (const [west, south, east, north] of boxes) {
        for (let x = tileX(west - AROUND_DEG, zoom); x <= tileX(east + AROUND_DEG, zoom); x += 1) {
          for (let y = tileY(north + AROUND_DEG, zoom); y <= tileY(south - AROUND_DEG, zoom); y += 1) {
            addresses.add(path.replace('{z}', `${zoom}`).replace('{x}', `${x}`).replace('{y}', `${y}`));
          }
        }
      }
    }
  }
  return [...addresses];
}

let wanted: string[] = [];
let listening = false;

/** Ask the service worker to keep them; harmless to ask again, for what is kept is not fetched again. */
export async function keepMapAround(boxes: readonly Box[], district: District): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  wanted = tilesAround(boxes, district);
  if (!listening) listen();
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: wanted });
}

/** Hear how far it has come; what the network kept from coming is asked for again. */
function listen(): void {
  listening = true;
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<{ mapKept?: MapKept }>) => {
    if (data?.mapKept) mapKept.value = data.mapKept;
  });
  setInterval(() => {
    const now = mapKept.peek();
    if (!navigator.onLine || (now && now.kept === now.of)) return;
    void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ keep: wanted }));
  }, AGAIN_MS);
}

import type { Box, District } from '../shared/territory_api';

/** Keeps the street's map on the phone: the map's own files, and the tiles around the street. */

/** What the phone's map draws, with the dataset whose version each tile carries. */
const LAYERS = {
  district: 'boundaries',
  district_labels: 'boundaries',
  streets: 'streets',
  street_lines: 'streets',
  roads: 'roads',
  estates: 'places',
  water: 'base',
  rail: 'base',
  green: 'base',
  buildings: 'base',
} as const;
const ZOOMS = [13, 14, 15] as const;
const AROUND_DEG = 0.006;

const tileX = (lon: number, zoom: number) => Math.floor(((lon + 180) / 360) * 2 ** zoom);
function tileY(lat: number, zoom: number): number {
  const angle = (lat * Math.PI) / 180;
  return Math.floor(((1 - Math.asinh(Math.tan(angle)) / Math.PI) / 2) * 2 ** zoom);
}

/** The addresses of every tile that is looked at when the street is. */
export function tilesAround(box: Box, versions: District['versions']): string[] {
  const [west, south, east, north] = box;
  const addresses: string[] = [];
  for (const zoom of ZOOMS) {
    for (let x = tileX(west - AROUND_DEG, zoom); x <= tileX(east + AROUND_DEG, zoom); x += 1) {
      for (let y = tileY(north + AROUND_DEG, zoom); y <= tileY(south - AROUND_DEG, zoom); y += 1) {
        for (const [layer, dataset] of Object.entries(LAYERS)) {
          if (layer === 'buildings' && zoom < 14) continue;
          addresses.push(`/tiles/${layer}/${zoom}/${x}/${y}.mvt?v=${versions[dataset]}`);
        }
      }
    }
  }
  return addresses;
}

/** Ask the service worker to keep them; harmless to ask again, for what is kept is not fetched again. */
export async function keepMapAround(box: Box, versions: District['versions']): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: tilesAround(box, versions) });
}

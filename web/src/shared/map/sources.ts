import type { VectorSourceSpecification } from 'maplibre-gl';
import type { District } from '../territory_api';

/** Every tile layer of the server, with the dataset whose version it follows. */
const DATASET_OF = {
  district: 'boundaries',
  subdistrict: 'boundaries',
  community: 'boundaries',
  grid: 'boundaries',
  district_labels: 'boundaries',
  subdistrict_labels: 'boundaries',
  community_labels: 'boundaries',
  grid_labels: 'boundaries',
  streets: 'streets',
  street_lines: 'streets',
  roads: 'roads',
  water: 'base',
  rail: 'base',
  green: 'base',
  buildings: 'base',
  centres: 'places',
  estates: 'places',
} as const;

export type TileLayer = keyof typeof DATASET_OF;

/** Below the first there is nothing to see of a layer; above the last its tiles are only enlarged. */
const ZOOMS: Partial<Record<TileLayer, [first: number, last: number]>> = {
  community: [10, 15],
  community_labels: [11, 15],
  grid: [12, 16],
  grid_labels: [13, 16],
  roads: [9, 15],
  buildings: [14, 15],
  estates: [13, 15],
};

const IDENTITY: Partial<Record<TileLayer, string>> = {
  district: 'code',
  subdistrict: 'code',
  community: 'code',
  grid: 'code',
  streets: 'id',
  street_lines: 'id',
  centres: 'id',
  estates: 'id',
};

/** The layer's tiles in the district's version: asked for by version, a browser keeps them for ever. */
export function tileSource(layer: TileLayer, district: District): VectorSourceSpecification {
  const [minzoom, maxzoom] = ZOOMS[layer] ?? [8, 15];
  const identity = IDENTITY[layer];
  const [west, south, east, north] = district.bbox;
  const margin = 0.02;
  return {
    type: 'vector',
    tiles: [`${location.origin}/tiles/${layer}/{z}/{x}/{y}.mvt?v=${district.versions[DATASET_OF[layer]]}`],
    minzoom,
    maxzoom,
    bounds: [west - margin, south - margin, east + margin, north + margin],
    ...(identity ? { promoteId: identity } : {}),
  };
}

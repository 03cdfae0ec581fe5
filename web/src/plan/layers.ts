import type { ExpressionSpecification } from 'maplibre-gl';
import type { Overlay } from '../shared/map/style';
import { token } from '../shared/palette';
import { LIMITS } from './state';

export const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

const within = (property: string, beyond: string): ExpressionSpecification => [
  'match',
  ['to-number', ['get', property], 0],
  LIMITS[0],
  token('minutes-0'),
  LIMITS[1],
  token('minutes-2'),
  LIMITS[2],
  token('minutes-4'),
  beyond,
];

/** Rings from the widest to the narrowest, or the grids that those on shift reach; homes left out on top. */
export function overlay(): Overlay {
  return {
    sources: {
      rings: { type: 'geojson', data: NOTHING },
      reach: { type: 'geojson', data: NOTHING },
      'left-out': { type: 'geojson', data: NOTHING },
    },
    below: [
      {
        id: 'rings',
        type: 'fill',
        source: 'rings',
        paint: { 'fill-opacity': 0.35, 'fill-color': within('minutes', token('minutes-4')) },
      },
      {
        id: 'reach',
        type: 'fill',
        source: 'reach',
        paint: { 'fill-opacity': 0.45, 'fill-color': within('ring', token('state-late')) },
      },
    ],
    above: [
      {
        id: 'left-out',
        type: 'circle',
        source: 'left-out',
        paint: {
          'circle-color': token('state-late'),
          'circle-opacity': 0.75,
          'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'households']], 1, 2, 15, 9],
          'circle-stroke-color': token('surface'),
          'circle-stroke-width': 1,
        },
      },
    ],
  };
}

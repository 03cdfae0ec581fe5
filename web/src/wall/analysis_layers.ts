import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { FONT_BOLD } from '../shared/map/expressions';
import { token } from '../shared/palette';
import { CLEARLY_HOT_Z, VERY_HOT_Z } from './gi_classes';

/** Hotspots, circles, reach and closures: areas under the names of places, and lines over the streets. */

export const DENSITY_CLASSES = 6;
/** Of the density's ramp, the steps that stand for high, clearly high and very high. */
export const GI_TOKENS = ['density-1', 'density-3', 'density-5', 'minutes-4'] as const;
/** Of the ramp of minutes, by limit. */
export const RING_TOKENS: readonly (readonly [minutes: number, token: string])[] = [
  [5, 'minutes-1'],
  [10, 'minutes-3'],
  [15, 'minutes-4'],
];
export const BEYOND_TOKEN = 'soon-wash';

/** With fewer classes than colours the upper end of the ramp is kept: dense stays dark. */
export function densityToken(place: number, classes: number): string {
  const step = classes <= 1 ? DENSITY_CLASSES - 1 : (place * (DENSITY_CLASSES - 1)) / (classes - 1);
  return `density-${Math.round(step)}`;
}

function matched(property: string, pairs: readonly (readonly [number, string])[], other: string) {
  const cases = pairs.flatMap(([value, name]) => [value, token(name)]);
  return ['match', ['get', property], ...cases, token(other)] as unknown as ExpressionSpecification;
}

export function densityLayers(): LayerSpecification[] {
  const steps = Array.from({ length: DENSITY_CLASSES }, (_, place) => [place, `density-${place}`] as const);
  return [
    {
      id: 'density',
      type: 'fill',
      source: 'density',
      paint: { 'fill-color': matched('step', steps, 'density-5'), 'fill-opacity': 0.55 },
    },
  ];
}

export function giLayers(): LayerSpecification[] {
  const z: ExpressionSpecification = ['coalesce', ['get', 'z'], 0];
  const [high, clearly, very, low] = GI_TOKENS.map(name => token(name)) as [string, string, string, string];
  const isCold: ExpressionSpecification = ['==', ['get', 'spot'], 'cold'];
  const said = { source: 'gi', 'source-layer': 'areas' };
  const filter: ExpressionSpecification = ['match', ['get', 'spot'], ['hot', 'cold'], true, false];
  return [
    {
      id: 'gi-area',
      type: 'fill',
      ...said,
      filter,
      paint: {
        'fill-color': [
          'case',
          isCold,
          low,
          ['>=', z, VERY_HOT_Z],
          very,
          ['>=', z, CLEARLY_HOT_Z],
          clearly,
          high,
        ],
        'fill-opacity': 0.55,
      },
    },
    {
      id: 'gi-line',
      type: 'line',
      ...said,
      filter,
      paint: { 'line-color': token('ink-2'), 'line-width': 0.8 },
    },
  ];
}

export function circleLayers(): LayerSpecification[] {
  return [
    {
      id: 'circles',
      type: 'fill',
      source: 'circles',
      paint: { 'fill-color': matched('minutes', RING_TOKENS, 'minutes-4'), 'fill-opacity': 0.5 },
    },
    {
      id: 'circles-line',
      type: 'line',
      source: 'circles',
      paint: { 'line-color': token('minutes-0'), 'line-width': 0.8 },
    },
  ];
}

export function reachLayers(): LayerSpecification[] {
  return [
    {
      id: 'reach',
      type: 'fill',
      source: 'reach',
      paint: { 'fill-color': matched('ring', RING_TOKENS, BEYOND_TOKEN), 'fill-opacity': 0.55 },
    },
    {
      id: 'reach-beyond',
      type: 'line',
      source: 'reach',
      filter: ['!', ['in', ['get', 'ring'], ['literal', RING_TOKENS.map(([minutes]) => minutes)]]],
      paint: { 'line-color': token('state-soon'), 'line-width': 1.2, 'line-dasharray': [3, 2] },
    },
  ];
}

/** A barrier: dark with light bars, and the word at every zoom at which streets have names. */
export function closureLayers(): LayerSpecification[] {
  const width: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 10, 3, 14, 7, 17, 12];
  return [
    {
      id: 'closures-casing',
      type: 'line',
      source: 'closures',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': token('ink'), 'line-width': width },
    },
    {
      id: 'closures-bars',
      type: 'line',
      source: 'closures',
      paint: {
        'line-color': token('surface'),
        'line-width': ['interpolate', ['linear'], ['zoom'], 10, 1.4, 14, 4, 17, 8],
        'line-dasharray': [1, 1],
      },
    },
    {
      id: 'closures-words',
      type: 'symbol',
      source: 'closures',
      minzoom: 13,
      layout: {
        'symbol-placement': 'line-center',
        'text-field': ['get', 'why'],
        'text-font': FONT_BOLD,
        'text-size': 12,
        'text-offset': [0, 1.2],
        'text-max-angle': 60,
      },
      paint: { 'text-color': token('ink'), 'text-halo-color': token('map-halo'), 'text-halo-width': 1.8 },
    },
  ];
}

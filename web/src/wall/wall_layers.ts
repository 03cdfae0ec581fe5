import type { LayerSpecification } from 'maplibre-gl';
import { MARK_STATES } from '../shared/case_states';
import { FONT_BOLD } from '../shared/map/expressions';
import type { Overlay } from '../shared/map/style';
import { token } from '../shared/palette';
import { circleLayers, closureLayers, densityLayers, giLayers, reachLayers } from './analysis_layers';
import { drawingLayers } from './drawing_layers';
import type { WallLayer } from './layers';

/** Cases and people on the map: gathered into counts from afar, each by itself when near. */

/** Below the first, cases gather by community; below the second, by grid; above, each stands for itself. */
export const GATHER_ZOOMS = { community: 12.5, grid: 14 } as const;

const EMPTY = { type: 'FeatureCollection' as const, features: [] };

const SOURCES = [
  'cases',
  'cases-by-community',
  'cases-by-grid',
  'people',
  'open-case',
  'plan',
  'trails',
  'hazards',
  'closures',
  'density',
  'gi',
  'circles',
  'reach',
  'drawing',
] as const;

/** Of gathered counts the farthest zoom is near; everything else is drawn as near as one can look. */
const LAST_ZOOM: Record<string, number> = { 'cases-by-community': 14, 'cases-by-grid': 15 };
const IDENTIFIED = new Set(['cases', 'cases-by-community', 'cases-by-grid', 'people']);

export function wallOverlay(shown: ReadonlySet<WallLayer>): Overlay {
  const whenShown = (layer: WallLayer, layers: () => LayerSpecification[]) =>
    shown.has(layer) ? layers() : [];
  return {
    sources: Object.fromEntries(
      SOURCES.map(name => [
        name,
        {
          type: 'geojson',
          data: EMPTY,
          maxzoom: LAST_ZOOM[name] ?? 18,
          ...(IDENTIFIED.has(name) ? { promoteId: 'id' } : {}),
        },
      ]),
    ),
    below: [
      ...whenShown('circles', circleLayers),
      ...whenShown('reach', reachLayers),
      ...whenShown('density', densityLayers),
      ...whenShown('gi', giLayers),
    ],
    above: [
      ...whenShown('closures', closureLayers),
      ...whenShown('trails', trailLayers),
      ...whenShown('hazards', hazardLayers),
      ...whenShown('people', personLayers),
      ...whenShown('cases', caseLayers),
      ...planLayers(),
      ...openCaseLayers(),
      ...drawingLayers(),
    ],
  };
}

/** Hazards wear a wide ring in the colour of the text, at every zoom: they are few, and never gathered away. */
function hazardLayers(): LayerSpecification[] {
  return [
    {
      id: 'hazards',
      type: 'circle',
      source: 'hazards',
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 4, 13, 8, 16, 15],
        'circle-color': token('surface'),
        'circle-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.9, 15, 0],
        'circle-stroke-color': token('ink'),
        'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 10, 2, 16, 3],
      },
    },
  ];
}

/** Where people came from: lines that end at them. */
function trailLayers(): LayerSpecification[] {
  return [
    {
      id: 'trails',
      type: 'line',
      source: 'trails',
      minzoom: 11,
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': token('accent'),
        'line-width': ['interpolate', ['linear'], ['zoom'], 11, 1, 16, 3],
        'line-opacity': 0.6,
      },
    },
  ];
}

function personLayers(): LayerSpecification[] {
  return [
    halo('person-halo', 'people', 12),
    {
      id: 'people',
      type: 'symbol',
      source: 'people',
      minzoom: 11,
      layout: {
        'icon-image': ['concat', 'person-', ['get', 'look']],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.45, 14, 0.8, 16, 1],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'text-field': ['step', ['zoom'], '', 16, ['get', 'name']],
        'text-font': FONT_BOLD,
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 0.8],
        'text-optional': true,
      },
      paint: labelPaint(),
    },
  ];
}

function caseLayers(): LayerSpecification[] {
  return [
    halo('case-halo', 'cases', 15, GATHER_ZOOMS.grid),
    gathered('cases-by-community', 0, GATHER_ZOOMS.community),
    gathered('cases-by-grid', GATHER_ZOOMS.community, GATHER_ZOOMS.grid),
    counted('cases-by-community', 0, GATHER_ZOOMS.community),
    counted('cases-by-grid', GATHER_ZOOMS.community, GATHER_ZOOMS.grid),
    {
      id: 'cases',
      type: 'symbol',
      source: 'cases',
      minzoom: GATHER_ZOOMS.grid,
      layout: {
        'icon-image': ['concat', 'mark-', ['get', 'mark']],
        // Severity is size.
        'icon-size': ['interpolate', ['linear'], ['get', 'severity'], 1, 0.75, 3, 1, 5, 1.45],
        'icon-allow-overlap': true,
        'icon-offset': ['get', 'offset'],
        'symbol-sort-key': ['get', 'order'],
      },
    },
  ];
}

/** The proposed assignment: a line for each offer, a ring around each case that gets one. */
function planLayers(): LayerSpecification[] {
  return [
    {
      id: 'plan-ways',
      type: 'line',
      source: 'plan',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': token('accent'), 'line-width': 2 },
    },
    {
      id: 'plan-ends',
      type: 'circle',
      source: 'plan',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 9,
        'circle-opacity': 0,
        'circle-stroke-color': token('accent'),
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

/** The open case stands out at every zoom, with a line to whom dispatch would send. */
function openCaseLayers(): LayerSpecification[] {
  const source = 'open-case';
  return [
    {
      id: 'open-case-way',
      type: 'line',
      source,
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': token('accent'), 'line-width': 2, 'line-dasharray': [2, 2] },
    },
    {
      id: 'open-case-halo',
      type: 'circle',
      source,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 17,
        'circle-color': token('accent'),
        'circle-opacity': 0.25,
        'circle-stroke-color': token('accent'),
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'open-case-mark',
      type: 'symbol',
      source,
      filter: ['==', ['geometry-type'], 'Point'],
      layout: { 'icon-image': ['get', 'picture'], 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    },
  ];
}

function halo(id: string, source: string, radius: number, minzoom = 11): LayerSpecification {
  return {
    id,
    type: 'circle',
    source,
    minzoom,
    paint: {
      'circle-radius': radius,
      'circle-color': token('accent'),
      'circle-opacity': [
        'case',
        ['boolean', ['feature-state', 'chosen'], false],
        0.55,
        ['boolean', ['feature-state', 'hovered'], false],
        0.3,
        0,
      ],
    },
  };
}

/** A disc as large as its count, in the colour of its worst case, with the ground's colour between it and the map. */
function gathered(source: string, minzoom: number, maxzoom: number): LayerSpecification {
  const colours = MARK_STATES.flatMap(state => [state, token(`state-${state}`)]);
  return {
    id: source,
    type: 'circle',
    source,
    minzoom,
    maxzoom,
    paint: {
      'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'count']], 1, 9, 5, 14, 15, 24, 40, 36],
      'circle-color': token('surface'),
      'circle-stroke-width': 2.5,
      // biome-ignore lint/suspicious/noExplicitAny: the library's type cannot say 'pairs, then a fallback'
      'circle-stroke-color': ['match', ['get', 'mark'], ...colours, token('state-paused')] as any,
    },
  };
}

function counted(source: string, minzoom: number, maxzoom: number): LayerSpecification {
  return {
    id: `${source}-count`,
    type: 'symbol',
    source,
    minzoom,
    maxzoom,
    layout: {
      'text-field': ['to-string', ['get', 'count']],
      'text-font': FONT_BOLD,
      'text-size': 12,
      'text-allow-overlap': true,
    },
    paint: { 'text-color': token('ink') },
  };
}

function labelPaint() {
  return {
    'text-color': token('map-label'),
    'text-halo-color': token('map-halo'),
    'text-halo-width': 1.4,
  };
}

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { token } from '../palette';
import type { Level } from '../territory_api';
import { byAttention, byZoom, FONT, FONT_BOLD, hueColour, label } from './expressions';

/** The four levels, the patrolled streets and the service centres. */

interface LevelLook {
  /** From which zoom its lines are drawn and its areas are what a click means. */
  from: number;
  width: ExpressionSpecification;
  dashes?: number[];
  opacity: number;
}

export const LEVEL_LOOKS: Record<Level, LevelLook> = {
  district: { from: 0, width: byZoom([9, 2], [14, 4]), opacity: 1 },
  subdistrict: { from: 0, width: byZoom([9, 1], [14, 2.4]), opacity: 0.85 },
  community: { from: 11.5, width: byZoom([11, 0.7], [15, 1.6]), dashes: [4, 2], opacity: 0.75 },
  grid: { from: 13.5, width: byZoom([13, 0.6], [17, 1.2]), dashes: [1.5, 2.5], opacity: 0.75 },
};

/** Areas as a tint under the pointer, and their boundaries. */
export function areaLayers(shown: ReadonlySet<Level>): LayerSpecification[] {
  const levels = (['subdistrict', 'community', 'grid'] as const).filter(level => shown.has(level));
  return levels.map(level => ({
    id: `${level}-area`,
    type: 'fill',
    source: level,
    'source-layer': level,
    minzoom: LEVEL_LOOKS[level].from,
    paint: {
      'fill-color': token('accent'),
      'fill-opacity': byAttention(0.07, 0.14, 0),
    },
  }));
}

export function boundaryLayers(shown: ReadonlySet<Level>): LayerSpecification[] {
  const levels = (['grid', 'community', 'subdistrict', 'district'] as const).filter(level =>
    shown.has(level),
  );
  return levels.map(level => {
    const look = LEVEL_LOOKS[level];
    return {
      id: `${level}-line`,
      type: 'line',
      source: level,
      'source-layer': level,
      minzoom: look.from,
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': token('map-boundary'),
        'line-width': look.width,
        'line-opacity': look.opacity,
        ...(look.dashes ? { 'line-dasharray': look.dashes } : {}),
      },
    };
  });
}

/** The ring around the chosen area and the area under the pointer. */
export function attentionLayers(shown: ReadonlySet<Level>): LayerSpecification[] {
  const levels = (['subdistrict', 'community', 'grid'] as const).filter(level => shown.has(level));
  return levels.map(level => ({
    id: `${level}-ring`,
    type: 'line',
    source: level,
    'source-layer': level,
    minzoom: LEVEL_LOOKS[level].from,
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': token('accent'),
      'line-width': byAttention(1.6, 3, 0),
      'line-opacity': byAttention(0.9, 1, 0),
    },
  }));
}

export function streetLayers(): LayerSpecification[] {
  return [
    {
      id: 'street-area',
      type: 'fill',
      source: 'streets',
      'source-layer': 'streets',
      minzoom: 13,
      paint: {
        'fill-color': hueColour(),
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.1, 16, 0.26],
      },
    },
    {
      id: 'street-halo',
      type: 'line',
      source: 'street_lines',
      'source-layer': 'street_lines',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': token('accent'),
        'line-width': byZoom([10, 6], [13, 9], [16, 14]),
        'line-opacity': byAttention(0.35, 0.6, 0),
        'line-blur': 1,
      },
    },
    {
      id: 'street-casing',
      type: 'line',
      source: 'street_lines',
      'source-layer': 'street_lines',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': token('map-halo'), 'line-width': byZoom([10, 2.6], [13, 5], [16, 8]) },
    },
    {
      id: 'street-line',
      type: 'line',
      source: 'street_lines',
      'source-layer': 'street_lines',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': hueColour(), 'line-width': byZoom([10, 1.6], [13, 3.2], [16, 5]) },
    },
    {
      // A line is thin: this one, unseen, is what the pointer catches.
      id: 'street-catch',
      type: 'line',
      source: 'street_lines',
      'source-layer': 'street_lines',
      paint: { 'line-color': token('accent'), 'line-opacity': 0, 'line-width': byZoom([10, 8], [16, 20]) },
    },
  ];
}

export function streetLabels(): LayerSpecification[] {
  return [
    {
      id: 'street-names',
      type: 'symbol',
      source: 'street_lines',
      'source-layer': 'street_lines',
      minzoom: 12,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-field': label(),
        'text-font': FONT_BOLD,
        'text-size': byZoom([12, 11], [15, 13]),
        'text-max-angle': 30,
        'text-padding': 4,
      },
      paint: {
        'text-color': token('map-label'),
        'text-halo-color': token('map-halo'),
        'text-halo-width': 1.6,
      },
    },
  ];
}

const CENTRES_FROM = 10.8;
const CENTRE_ICONS_FROM = 12.8;

export function centreLayers(): LayerSpecification[] {
  return [
    {
      id: 'centre-halo',
      type: 'circle',
      source: 'centres',
      'source-layer': 'centres',
      minzoom: CENTRES_FROM,
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 7, 13, 12, 16, 15],
        'circle-color': token('accent'),
        'circle-opacity': byAttention(0.35, 0.6, 0),
      },
    },
    {
      // From afar a centre is a small dot, and names of areas may lie over it.
      id: 'centres-far',
      type: 'circle',
      source: 'centres',
      'source-layer': 'centres',
      minzoom: CENTRES_FROM,
      maxzoom: CENTRE_ICONS_FROM,
      paint: {
        'circle-radius': byZoom([10, 2.5], [13, 4.5]),
        'circle-color': token('surface'),
        'circle-stroke-color': token('ink-2'),
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'centres',
      type: 'symbol',
      source: 'centres',
      'source-layer': 'centres',
      minzoom: CENTRE_ICONS_FROM,
      layout: {
        'icon-image': 'centre',
        'icon-size': ['interpolate', ['linear'], ['zoom'], 13, 0.8, 16, 1],
        'icon-allow-overlap': true,
        'text-field': ['step', ['zoom'], '', 14.5, label()],
        'text-font': FONT,
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 0.9],
        'text-optional': true,
        'text-max-width': 8,
      },
      paint: {
        'text-color': token('map-label'),
        'text-halo-color': token('map-halo'),
        'text-halo-width': 1.4,
      },
    },
  ];
}

/** Names of areas: one level at a time, the one that fits the zoom. */
const LABEL_ZOOMS = { subdistrict: [9, 13], community: [12.5, 15], grid: [15, 24] } as const;

export function areaLabels(shown: ReadonlySet<Level>): LayerSpecification[] {
  const levels = (['grid', 'community', 'subdistrict'] as const).filter(level => shown.has(level));
  return levels.map(level => ({
    id: `${level}-names`,
    type: 'symbol',
    source: `${level}_labels`,
    'source-layer': `${level}_labels`,
    minzoom: LABEL_ZOOMS[level][0],
    maxzoom: LABEL_ZOOMS[level][1],
    layout: {
      'text-field': label(),
      'text-font': level === 'subdistrict' ? FONT_BOLD : FONT,
      'text-size': level === 'subdistrict' ? 15 : 12,
      'text-max-width': 7,
      'text-padding': 6,
    },
    paint: {
      'text-color': token(level === 'subdistrict' ? 'map-label' : 'map-label-quiet'),
      'text-halo-color': token('map-halo'),
      'text-halo-width': 1.8,
    },
  }));
}

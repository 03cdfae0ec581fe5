import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import { token } from '../palette';
import { byZoom, FONT, label } from './expressions';

/** The quiet ground that everything else is drawn on: land, green, water, buildings, roads and rail. */

const MAIN_CLASSES = ['motorway', 'trunk', 'primary', 'motorway_link', 'trunk_link', 'primary_link'];
const MIDDLE_CLASSES = ['secondary', 'tertiary', 'secondary_link', 'tertiary_link'];
const PATH_CLASSES = ['footway', 'path', 'steps', 'cycleway', 'pedestrian'];

const isOneOf = (classes: string[]): ExpressionSpecification => [
  'in',
  ['get', 'class'],
  ['literal', classes],
];

const isArea: ExpressionSpecification = ['==', ['geometry-type'], 'Polygon'];
const isLine: ExpressionSpecification = ['==', ['geometry-type'], 'LineString'];
const isSmallRoad: ExpressionSpecification = [
  'all',
  ['!', isOneOf(MAIN_CLASSES)],
  ['!', isOneOf(MIDDLE_CLASSES)],
  ['!', isOneOf(PATH_CLASSES)],
];

export function groundLayers(): LayerSpecification[] {
  return [
    { id: 'outside', type: 'background', paint: { 'background-color': token('map-outside') } },
    {
      id: 'land',
      type: 'fill',
      source: 'district',
      'source-layer': 'district',
      paint: { 'fill-color': token('map-land') },
    },
    {
      id: 'green',
      type: 'fill',
      source: 'green',
      'source-layer': 'green',
      filter: isArea,
      paint: { 'fill-color': token('map-green') },
    },
    {
      id: 'estates',
      type: 'fill',
      source: 'estates',
      'source-layer': 'estates',
      filter: isArea,
      minzoom: 13,
      paint: { 'fill-color': token('map-estate') },
    },
    {
      id: 'water',
      type: 'fill',
      source: 'water',
      'source-layer': 'water',
      filter: isArea,
      paint: { 'fill-color': token('map-water') },
    },
    {
      id: 'water-lines',
      type: 'line',
      source: 'water',
      'source-layer': 'water',
      filter: isLine,
      paint: { 'line-color': token('map-water'), 'line-width': byZoom([10, 1], [16, 8]) },
    },
    {
      id: 'buildings',
      type: 'fill',
      source: 'buildings',
      'source-layer': 'buildings',
      minzoom: 14.5,
      paint: { 'fill-color': token('map-building') },
    },
  ];
}

const MAIN_WIDTH = byZoom([9, 0.8], [12, 2.4], [14, 6], [16, 16], [19, 90]);
const MAIN_CASING = byZoom([9, 1.4], [12, 3.6], [14, 7.6], [16, 18], [19, 94]);
const MIDDLE_WIDTH = byZoom([10, 0.5], [12, 1.4], [14, 3.6], [16, 10], [19, 60]);
const MIDDLE_CASING = byZoom([10, 0.9], [12, 2.2], [14, 5], [16, 12], [19, 64]);
const SMALL_WIDTH = byZoom([13, 0.6], [14, 1.4], [16, 5], [19, 30]);
const SMALL_CASING = byZoom([13, 1], [14, 2.2], [16, 6.6], [19, 33]);

function road(
  id: string,
  filter: ExpressionSpecification,
  colour: string,
  width: ExpressionSpecification,
  minzoom: number,
): LayerSpecification {
  return {
    id,
    type: 'line',
    source: 'roads',
    'source-layer': 'roads',
    filter,
    minzoom,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-width': width },
  };
}

export function roadLayers(): LayerSpecification[] {
  const [edge, fill] = [token('map-road-edge'), token('map-road')];
  const [mainEdge, mainFill] = [token('map-road-main-edge'), token('map-road-main')];
  return [
    {
      ...road('roads-path', isOneOf(PATH_CLASSES), edge, byZoom([14, 0.6], [17, 2]), 14.5),
      layout: { 'line-cap': 'butt', 'line-join': 'round' },
    } as LayerSpecification,
    road('roads-small-edge', isSmallRoad, edge, SMALL_CASING, 13),
    road('roads-middle-edge', isOneOf(MIDDLE_CLASSES), edge, MIDDLE_CASING, 10),
    road('roads-main-edge', isOneOf(MAIN_CLASSES), mainEdge, MAIN_CASING, 9),
    road('roads-small', isSmallRoad, fill, SMALL_WIDTH, 13),
    road('roads-middle', isOneOf(MIDDLE_CLASSES), fill, MIDDLE_WIDTH, 10),
    road('roads-main', isOneOf(MAIN_CLASSES), mainFill, MAIN_WIDTH, 9),
    {
      id: 'rail',
      type: 'line',
      source: 'rail',
      'source-layer': 'rail',
      paint: { 'line-color': token('map-rail'), 'line-width': byZoom([10, 1], [14, 1.6], [17, 3.4]) },
    },
    {
      id: 'rail-sleepers',
      type: 'line',
      source: 'rail',
      'source-layer': 'rail',
      minzoom: 12,
      paint: {
        'line-color': token('map-land'),
        'line-width': byZoom([12, 0.6], [14, 0.9], [17, 2]),
        'line-dasharray': [6, 6],
      },
    },
  ];
}

export function groundLabels(): LayerSpecification[] {
  const halo = { 'text-halo-color': token('map-halo'), 'text-halo-width': 1.2 };
  return [
    {
      id: 'roads-names',
      type: 'symbol',
      source: 'roads',
      'source-layer': 'roads',
      minzoom: 14.5,
      filter: ['has', 'name'],
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 380,
        'text-field': label(),
        'text-font': FONT,
        'text-size': 12,
        'text-max-angle': 30,
      },
      paint: { 'text-color': token('map-label-quiet'), ...halo },
    },
    {
      id: 'green-names',
      type: 'symbol',
      source: 'green',
      'source-layer': 'green',
      minzoom: 12.5,
      filter: ['all', isArea, ['has', 'name']],
      layout: { 'text-field': label(), 'text-font': FONT, 'text-size': 12, 'text-max-width': 8 },
      paint: { 'text-color': token('map-green-label'), ...halo },
    },
    {
      id: 'water-names',
      type: 'symbol',
      source: 'water',
      'source-layer': 'water',
      minzoom: 11,
      filter: ['has', 'name'],
      layout: { 'text-field': label(), 'text-font': FONT, 'text-size': 12, 'text-letter-spacing': 0.2 },
      paint: { 'text-color': token('map-water-label'), ...halo },
    },
    {
      id: 'estate-names',
      type: 'symbol',
      source: 'estates',
      'source-layer': 'estates',
      minzoom: 15.5,
      filter: ['has', 'name'],
      layout: { 'text-field': label(), 'text-font': FONT, 'text-size': 12, 'text-max-width': 8 },
      paint: { 'text-color': token('map-label-quiet'), ...halo },
    },
  ];
}

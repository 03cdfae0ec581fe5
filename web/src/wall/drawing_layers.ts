import type { LayerSpecification } from 'maplibre-gl';
import { token } from '../shared/palette';

/** What is being drawn: an outline with its corners, and the roads that it would close. */
export function drawingLayers(): LayerSpecification[] {
  const source = 'drawing';
  return [
    {
      id: 'drawing-area',
      type: 'fill',
      source,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': token('accent'), 'fill-opacity': 0.15 },
    },
    {
      id: 'drawing-roads',
      type: 'line',
      source,
      filter: ['==', ['get', 'part'], 'roads'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': token('state-late'), 'line-width': 6, 'line-opacity': 0.8 },
    },
    {
      id: 'drawing-line',
      type: 'line',
      source,
      filter: ['==', ['get', 'part'], 'line'],
      paint: { 'line-color': token('accent'), 'line-width': 2.5, 'line-dasharray': [2, 1.5] },
    },
    {
      id: 'drawing-corners',
      type: 'circle',
      source,
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 5,
        'circle-color': token('surface'),
        'circle-stroke-color': token('accent'),
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

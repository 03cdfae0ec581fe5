import type { LayerSpecification } from 'maplibre-gl';
import type { Overlay } from '../shared/map/style';
import { circleLayers, closureLayers, densityLayers, giLayers, reachLayers } from './analysis_layers';
import { drawingLayers } from './drawing_layers';
import type { WallLayer } from './layers';

/** What the command centre adds to the map itself: areas and lines that stand. What moves is painted over it. */

const EMPTY = { type: 'FeatureCollection' as const, features: [] };

const SOURCES = ['closures', 'density', 'circles', 'reach', 'drawing'] as const;
const LAST_ZOOM = 18;

export function wallOverlay(shown: ReadonlySet<WallLayer>, giTiles: string): Overlay {
  const whenShown = (layer: WallLayer, layers: () => LayerSpecification[]) =>
    shown.has(layer) ? layers() : [];
  return {
    sources: {
      ...Object.fromEntries(
        SOURCES.map(name => [name, { type: 'geojson', data: EMPTY, maxzoom: LAST_ZOOM }] as const),
      ),
      gi: { type: 'vector', tiles: [giTiles], minzoom: 8, maxzoom: 14, promoteId: { areas: 'code' } },
    },
    below: [
      ...whenShown('circles', circleLayers),
      ...whenShown('reach', reachLayers),
      ...whenShown('density', densityLayers),
      ...whenShown('gi', giLayers),
    ],
    above: [...whenShown('closures', closureLayers), ...drawingLayers()],
  };
}

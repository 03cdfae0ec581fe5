import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { District, Level } from '../territory_api';
import { groundLabels, groundLayers, roadLayers } from './base_layers';
import { type TileLayer, tileSource } from './sources';
import {
  areaLabels,
  areaLayers,
  attentionLayers,
  boundaryLayers,
  centreLayers,
  streetLabels,
  streetLayers,
} from './territory_layers';

export const BASE_CHOICES = ['subdistrict', 'community', 'grid', 'streets', 'centres', 'buildings'] as const;
/** What the territory's own layers a person may switch. */
export type BaseChoice = (typeof BASE_CHOICES)[number];

/** What a page draws on top of the territory. */
export interface Overlay {
  sources: Record<string, SourceSpecification>;
  /** Under the names of places: areas, densities, circles. */
  below: LayerSpecification[];
  /** Above everything: cases and people. Names give way to them. */
  above: LayerSpecification[];
}

export const NO_OVERLAY: Overlay = { sources: {}, below: [], above: [] };

/**
 * The whole map as a description, made anew whenever the theme, the language, the layers or the versions change; the
 * map works out the difference. Reads signals: call it in a computed or an effect.
 */
export function mapStyle(
  district: District,
  shown: ReadonlySet<BaseChoice>,
  overlay: Overlay = NO_OVERLAY,
  /** How much larger marks and words are, for maps that are read from afar. */
  magnified = 1,
): StyleSpecification {
  const levels = new Set<Level>(['district']);
  for (const level of ['subdistrict', 'community', 'grid'] as const) if (shown.has(level)) levels.add(level);
  const withStreets = shown.has('streets');
  const ground = groundLayers().filter(layer => layer.id !== 'buildings' || shown.has('buildings'));
  const layers = [
    ...ground,
    ...roadLayers(),
    ...areaLayers(levels),
    ...overlay.below,
    ...boundaryLayers(levels),
    ...(withStreets ? streetLayers() : []),
    ...attentionLayers(levels),
    ...groundLabels(),
    ...areaLabels(levels),
    ...(withStreets ? streetLabels() : []),
    ...(shown.has('centres') ? centreLayers() : []),
    ...overlay.above,
  ];
  const used = new Set(layers.flatMap(layer => ('source' in layer ? [layer.source as string] : [])));
  const sources: Record<string, SourceSpecification> = {};
  for (const source of used)
    sources[source] = overlay.sources[source] ?? tileSource(source as TileLayer, district);
  return {
    version: 8,
    sources,
    layers: magnified === 1 ? layers : layers.map(layer => magnify(layer, magnified)),
  };
}

const GROWING = ['text-size', 'icon-size'] as const;

function magnify(layer: LayerSpecification, factor: number): LayerSpecification {
  if (layer.type !== 'symbol' || !layer.layout) return layer;
  const layout: Record<string, unknown> = { ...layer.layout };
  for (const name of GROWING) layout[name] = grown(layout[name] ?? (name === 'icon-size' ? 1 : 16), factor);
  return { ...layer, layout } as LayerSpecification;
}

/** A number, or an interpolation whose every other part from the fourth on is one. */
function grown(size: unknown, factor: number): unknown {
  if (typeof size === 'number') return size * factor;
  if (!Array.isArray(size) || size[0] !== 'interpolate') return size;
  return size.map((part, place) =>
    place >= 4 && place % 2 === 0 && typeof part === 'number' ? part * factor : part,
  );
}

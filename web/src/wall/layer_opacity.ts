import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import type { WallLayer } from './layers';

/** How strongly each layer is drawn, from 10 to 100; kept in the address as `opacity=density:60,streets:40`. */

export const FAINTEST = 10;

export function opacitiesFromText(text: string | null): ReadonlyMap<string, number> {
  const pairs = (text ?? '').split(',').map(pair => pair.split(':'));
  return new Map(
    pairs.flatMap(([layer = '', share = '']): [string, number][] => {
      const value = Number(share);
      return layer && value >= FAINTEST && value < 100 ? [[layer, value]] : [];
    }),
  );
}

export function opacitiesToText(opacities: ReadonlyMap<string, number>): string | null {
  const said = [...opacities].filter(([, share]) => share < 100);
  return said.map(([layer, share]) => `${layer}:${share}`).join(',') || null;
}

/** What the map's own layers are called, by the layer of the legend that they belong to. */
const STARTS: Partial<Record<WallLayer, readonly string[]>> = {
  subdistrict: ['subdistrict-'],
  community: ['community-'],
  grid: ['grid-'],
  streets: ['street-'],
  centres: ['centre'],
  buildings: ['buildings'],
  closures: ['closures'],
  density: ['density'],
  gi: ['gi-'],
  circles: ['circles'],
  reach: ['reach'],
};

function legendLayerOf(id: string): WallLayer | undefined {
  const found = Object.entries(STARTS).find(([, starts]) => starts.some(start => id.startsWith(start)));
  return found?.[0] as WallLayer | undefined;
}

const FADING: Record<string, readonly string[]> = {
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  circle: ['circle-opacity', 'circle-stroke-opacity'],
  symbol: ['icon-opacity', 'text-opacity'],
};

/** The style with each layer as faint as the reader wants it. */
export function withOpacities(
  style: StyleSpecification,
  opacities: ReadonlyMap<string, number>,
): StyleSpecification {
  if (opacities.size === 0) return style;
  return { ...style, layers: style.layers.map(layer => faded(layer, opacities)) };
}

function faded(layer: LayerSpecification, opacities: ReadonlyMap<string, number>): LayerSpecification {
  const share = (opacities.get(legendLayerOf(layer.id) ?? '') ?? 100) / 100;
  if (share === 1 || layer.id === 'street-catch') return layer;
  const paint: Record<string, unknown> = { ...layer.paint };
  for (const name of FADING[layer.type] ?? []) paint[name] = times(paint[name] ?? 1, share);
  return { ...layer, paint } as LayerSpecification;
}

/** An expression that looks at the zoom must do so outermost: there its results are made fainter instead. */
function times(value: unknown, share: number): unknown {
  if (typeof value === 'number') return value * share;
  if (!Array.isArray(value)) return value;
  if (value[0] === 'interpolate')
    return value.map((part, place) => (place >= 4 && place % 2 === 0 ? times(part, share) : part));
  if (value[0] === 'step')
    return value.map((part, place) => (place >= 2 && place % 2 === 0 ? times(part, share) : part));
  return ['*', value, share];
}

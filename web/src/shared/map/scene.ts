import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type LngLatBoundsLike, Map as MapLibre, type StyleSpecification, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { MapPlace } from '../address';
import type { LonLat } from '../gcj02';
import type { Box } from '../territory_api';
import { drawsInSoftware } from './map_canvas';
import { putPictures } from './pictures';

setWorkerUrl(workerUrl);

/** Layers that the pointer can catch something of. */
export interface Catcher {
  /** What is caught: 'street', 'case'… */
  kind: string;
  layers: readonly string[];
  /** The sources, each with its one layer of the same name, whose drawing answers to attention. */
  sources: readonly string[];
}

export interface Caught {
  kind: string;
  id: string;
  properties: Record<string, unknown>;
  at: LonLat;
}

/** What a page paints over the map by itself; it lies above all that the map draws. */
export interface Above {
  canvas: HTMLCanvasElement;
  caughtAt: (point: { x: number; y: number }) => Caught | null;
}

export interface View extends MapPlace {
  bearing: number;
}

const WHOLE_PADDING_PX = 32;
const CLOSEST_FIT_ZOOM = 17;
const MOVE_MS = 500;

type Attention = 'hovered' | 'chosen';

/** One living map: its view, what is under the pointer, what is chosen. The page draws around it. */
export class MapScene {
  readonly map: MapLibre;
  readonly view: ReadonlySignal<View>;
  readonly pointer: Signal<LonLat | null> = signal(null);
  readonly hovered: Signal<Caught | null> = signal(null);
  /** True once everything in view was drawn for the first time. */
  readonly drawn: Signal<boolean> = signal(false);
  /** Why tiles could not be had, by source, until some could. */
  readonly troubles: Signal<ReadonlyMap<string, string>> = signal(new Map());
  onChoose: (caught: Caught | null) => void = () => undefined;
  above: Above | null = null;

  #styled = false;
  readonly #isSlow: boolean;
  #waiting: StyleSpecification | null = null;
  #attention: Record<Attention, { catcher: Catcher; id: string } | null> = { hovered: null, chosen: null };

  constructor(
    container: HTMLElement,
    style: StyleSpecification,
    private readonly bounds: Box,
    private readonly catchers: readonly Catcher[],
    place: MapPlace | null,
  ) {
    const map = new MapLibre({
      container,
      style,
      attributionControl: false,
      minZoom: 8,
      maxZoom: 19.5,
      fadeDuration: 0,
      pitchWithRotate: false,
      maxPitch: 0,
      touchPitch: false,
      ...(place
        ? { center: [place.lon, place.lat] as [number, number], zoom: place.zoom }
        : { bounds: bounds as LngLatBoundsLike, fitBoundsOptions: { padding: WHOLE_PADDING_PX } }),
    });
    this.map = map;
    this.#isSlow = drawsInSoftware(map);
    const view = signal(this.#readView());
    this.view = view;
    map.on('style.load', () => this.#afterStyle());
    map.on('styleimagemissing', () => putPictures(map));
    map.on('move', () => {
      view.value = this.#readView();
    });
    map.on('error', event => this.#hearTrouble(event));
    map.on('sourcedata', ({ sourceId, tile }) => tile && this.#forgetTrouble(sourceId));
    map.once('idle', () => {
      this.drawn.value = true;
      container.dataset.drawn = 'true';
    });
    this.#followPointer();
  }

  /** Show another style: what changed is changed, nothing blinks. */
  restyle(style: StyleSpecification): void {
    if (!this.#styled) {
      this.#waiting = style;
      return;
    }
    this.#setStyle(style);
    putPictures(this.map);
  }

  showWhole(): void {
    this.showBox(this.bounds);
  }

  /** `leftPx` of the map are covered by a panel: the box is shown beside it. */
  showBox(box: Box, leftPx = 0): void {
    const padding = WHOLE_PADDING_PX * 2;
    this.map.fitBounds(box as LngLatBoundsLike, {
      padding: { top: padding, right: padding, bottom: padding, left: padding + leftPx },
      maxZoom: CLOSEST_FIT_ZOOM,
      duration: this.moveMs,
    });
  }

  showPlace({ lon, lat }: LonLat, zoom = CLOSEST_FIT_ZOOM - 1): void {
    this.showBoxAround({ lon, lat, zoom: Math.max(zoom, this.map.getZoom()) });
  }

  /** Give attention to a thing by its id: hover outlines it, choosing puts a halo around it. */
  attend(kind: Attention, what: string | null, id: string | null): void {
    const before = this.#attention[kind];
    if (before) this.#mark(before, kind, false);
    const catcher = this.catchers.find(one => one.kind === what);
    const next = catcher && id ? { catcher, id } : null;
    this.#attention[kind] = next;
    if (next) this.#mark(next, kind, true);
  }

  /** What lies above the map at a point of the screen, else the first thing that a catcher finds there. */
  caughtAt(point: { x: number; y: number }): Caught | null {
    const above = this.above?.caughtAt(point);
    if (above) return above;
    if (!this.#styled) return null;
    const layers = this.catchers.flatMap(catcher => catcher.layers).filter(layer => this.map.getLayer(layer));
    const features = this.map.queryRenderedFeatures([point.x, point.y], { layers });
    const place = this.map.unproject([point.x, point.y]);
    for (const catcher of this.catchers) {
      const { kind } = catcher;
      const feature = features.find(one => catcher.layers.includes(one.layer.id));
      if (feature?.id !== undefined) {
        const at = { lon: place.lng, lat: place.lat };
        return { kind, id: String(feature.id), properties: feature.properties, at };
      }
    }
    return null;
  }

  remove(): void {
    this.map.remove();
  }

  private showBoxAround({ lon, lat, zoom }: MapPlace): void {
    this.map.easeTo({ center: [lon, lat], zoom, duration: this.moveMs });
  }

  /** How long the map takes to go somewhere: no time where motion is unwanted, or too dear for this machine. */
  get moveMs(): number {
    return this.#isSlow || matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : MOVE_MS;
  }

  /** What a page has put into a GeoJSON source since is kept: a style describes it as it was at first, empty. */
  #setStyle(style: StyleSpecification): void {
    this.map.setStyle(style, {
      diff: true,
      transformStyle: (before, next) => {
        const sources = { ...next.sources };
        for (const [name, source] of Object.entries(before?.sources ?? {})) {
          if (source.type === 'geojson' && sources[name]?.type === 'geojson') sources[name] = source;
        }
        return { ...next, sources };
      },
    });
  }

  #hearTrouble({ error, sourceId }: { error: { message: string }; sourceId?: string }): void {
    // biome-ignore lint/suspicious/noConsole: the map tells it there by itself, unless somebody listens
    console.error(error);
    if (sourceId) this.troubles.value = new Map([...this.troubles.peek(), [sourceId, error.message]]);
  }

  #forgetTrouble(source: string): void {
    if (!this.troubles.peek().has(source)) return;
    const left = new Map(this.troubles.peek());
    left.delete(source);
    this.troubles.value = left;
  }

  #readView(): View {
    const { lng, lat } = this.map.getCenter();
    return { lon: lng, lat, zoom: this.map.getZoom(), bearing: this.map.getBearing() };
  }

  #afterStyle(): void {
    this.#styled = true;
    putPictures(this.map);
    if (this.#waiting) {
      this.#setStyle(this.#waiting);
      this.#waiting = null;
    }
    for (const kind of ['hovered', 'chosen'] as const) {
      const attended = this.#attention[kind];
      if (attended) this.#mark(attended, kind, true);
    }
  }

  #mark({ catcher, id }: { catcher: Catcher; id: string }, kind: Attention, on: boolean): void {
    for (const source of catcher.sources) {
      const known = this.map.getSource(source);
      if (!known) continue;
      const sourceLayer = known.type === 'vector' ? { sourceLayer: source } : {};
      this.map.setFeatureState({ source, id, ...sourceLayer }, { [kind]: on });
    }
  }

  #followPointer(): void {
    const { map } = this;
    map.on('mousemove', event => {
      this.pointer.value = { lon: event.lngLat.lng, lat: event.lngLat.lat };
      const caught = this.caughtAt(event.point);
      if (caught?.id !== this.hovered.value?.id || caught?.kind !== this.hovered.value?.kind) {
        this.attend('hovered', caught?.kind ?? null, caught?.id ?? null);
      }
      this.hovered.value = caught;
      map.getCanvas().style.cursor = caught ? 'pointer' : '';
    });
    map.on('mouseout', () => {
      this.pointer.value = null;
      this.hovered.value = null;
      this.attend('hovered', null, null);
    });
    map.on('click', event => this.onChoose(this.caughtAt(event.point)));
    map.getCanvas().addEventListener('keydown', event => {
      if (event.key !== 'Enter') return;
      const { clientWidth, clientHeight } = map.getCanvas();
      this.onChoose(this.caughtAt({ x: clientWidth / 2, y: clientHeight / 2 }));
    });
  }
}

import { computed, effect, type ReadonlySignal, useSignal } from '@preact/signals';
import type { GeoJSONSource, LayerSpecification } from 'maplibre-gl';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { MapView } from '../shared/map/MapView';
import type { MapScene } from '../shared/map/scene';
import { mapStyle } from '../shared/map/style';
import { token } from '../shared/palette';
import { Shown } from '../shared/parts/States';
import { question } from '../shared/question';
import { type Box, type District, fetchDistrict } from '../shared/territory_api';
import type { Point } from './tasks_api';

export type MarkKind =
  | 'way'
  | 'straight'
  | 'track'
  | 'walked'
  | 'unwalked'
  | 'task'
  | 'late'
  | 'person'
  | 'me';

/** One thing that the phone draws on its map. */
export interface PhoneMark {
  kind: MarkKind;
  at: Point | readonly Point[];
  /** What stands in the mark: the number of a stop, or how many share its place. */
  label?: string;
  /** What `onMark` is told when a thumb meets it. */
  id?: string;
}

export interface PhoneMapProps {
  marks: ReadonlySignal<readonly PhoneMark[]>;
  box: Box;
  label: string;
  /** Told where the middle of the map is, while somebody moves it: for correcting a place. */
  onMiddle?: (at: Point) => void;
  /** Told which mark was touched. */
  onMark?: (id: string) => void;
  /** Told how many metres a pixel covers, whenever that changes: what would cover each other is gathered by it. */
  onScale?: (metresAPixel: number) => void;
}

const theDistrict = question<District>((_, stop) => fetchDistrict(stop));
const SHOWN = new Set(['streets', 'buildings'] as const);
const OWN = 'own';

/** The phone's map; loaded only when somebody asks for it. */
export default function PhoneMap(props: PhoneMapProps) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    void theDistrict.put();
    place.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section ref={place} class="phone-map" aria-label={props.label}>
      <Shown asked={theDistrict.asked.value} retry={() => void theDistrict.put()} skeletonLines={4}>
        {district => <Drawn district={district} {...props} />}
      </Shown>
    </section>
  );
}

function Drawn({ district, marks, box, onMiddle, onMark, onScale }: PhoneMapProps & { district: District }) {
  const scene = useSignal<MapScene | null>(null);
  const style = useMemo(
    () =>
      computed(() =>
        mapStyle(district, SHOWN, {
          below: [],
          sources: { [OWN]: { type: 'geojson', data: featuresOf([]) } },
          above: layers(),
        }),
      ),
    [district],
  );
  useEffect(
    () =>
      effect(() => {
        const map = scene.value?.map;
        const data = featuresOf(marks.value);
        if (!map) return;
        const put = () => (map.getSource(OWN) as GeoJSONSource | undefined)?.setData(data);
        if (map.getSource(OWN)) put();
        else map.once('styledata', put);
      }),
    [marks],
  );
  useEffect(() => {
    scene.value?.showBox(box);
  }, [scene.value, ...box]);
  const follow = (living: MapScene | null) => {
    scene.value = living;
    if (!living) return;
    const { map } = living;
    if (onMiddle) {
      map.on('moveend', () => {
        const { lng, lat } = map.getCenter();
        onMiddle([lng, lat]);
      });
    }
    if (onScale) {
      const tell = () => onScale(metresAPixel(map.getCenter().lat, map.getZoom()));
      map.on('zoomend', tell);
      tell();
    }
    if (onMark) {
      map.on('click', ({ point: { x, y } }) => {
        const layers = Object.keys(POINTS).map(kind => `own-${kind}`);
        const thumb: [[number, number], [number, number]] = [
          [x - THUMB_PX, y - THUMB_PX],
          [x + THUMB_PX, y + THUMB_PX],
        ];
        const met = map.queryRenderedFeatures(thumb, { layers }).find(one => one.properties.id);
        if (met) onMark(String(met.properties.id));
      });
    }
  };
  return (
    <>
      <MapView style={style} bounds={box} catchers={[]} place={null} onScene={follow} />
      {onMiddle && <span class="phone-map__cross" aria-hidden="true" />}
    </>
  );
}

/** A thumb is broader than a mouse. */
const THUMB_PX = 12;
const EQUATOR_M = 40_075_017;
const TILE_PX = 512;

const metresAPixel = (lat: number, zoom: number) =>
  (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (TILE_PX * 2 ** zoom);

function featuresOf(marks: readonly PhoneMark[]): GeoJSON.FeatureCollection {
  const features = marks.map(({ kind, at, label, id }): GeoJSON.Feature => {
    const isLine = Array.isArray(at[0]);
    return {
      type: 'Feature',
      properties: { kind, label: label ?? '', id: id ?? '' },
      geometry: isLine
        ? { type: 'LineString', coordinates: at as Point[] }
        : { type: 'Point', coordinates: at as Point },
    };
  });
  return { type: 'FeatureCollection', features };
}

const LINES = {
  way: { colour: 'state-new', width: 6 },
  straight: { colour: 'state-paused', width: 3 },
  walked: { colour: 'state-settled', width: 6 },
  unwalked: { colour: 'state-late', width: 6 },
  track: { colour: 'ink', width: 2 },
} as const;

const POINTS = {
  task: { colour: 'state-underway', radius: 11 },
  late: { colour: 'state-late', radius: 11 },
  person: { colour: 'accent', radius: 8 },
  me: { colour: 'focus', radius: 7 },
} as const;

/** What was not walked is broken as well as red: the colour alone must not say it. */
function layers(): LayerSpecification[] {
  const is = (kind: string) => ['==', ['get', 'kind'], kind] as unknown as boolean;
  const casing: LayerSpecification = {
    id: 'own-casing',
    type: 'line',
    source: OWN,
    filter: ['==', ['geometry-type'], 'LineString'],
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': token('surface'), 'line-width': 9, 'line-opacity': 0.8 },
  };
  const lines = Object.entries(LINES).map(
    ([kind, { colour, width }]): LayerSpecification => ({
      id: `own-${kind}`,
      type: 'line',
      source: OWN,
      filter: ['all', ['==', ['geometry-type'], 'LineString'], is(kind)],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': token(colour),
        'line-width': width,
        ...(kind === 'unwalked' || kind === 'straight' ? { 'line-dasharray': [1.5, 1] } : {}),
      },
    }),
  );
  const points = Object.entries(POINTS).map(
    ([kind, { colour, radius }]): LayerSpecification => ({
      id: `own-${kind}`,
      type: 'circle',
      source: OWN,
      filter: ['all', ['==', ['geometry-type'], 'Point'], is(kind)],
      paint: {
        'circle-radius': radius,
        'circle-color': token(colour),
        'circle-stroke-color': token('surface'),
        'circle-stroke-width': 3,
      },
    }),
  );
  const labels: LayerSpecification = {
    id: 'own-labels',
    type: 'symbol',
    source: OWN,
    filter: ['!=', ['get', 'label'], ''],
    layout: { 'text-field': ['get', 'label'], 'text-size': 13, 'text-allow-overlap': true },
    paint: { 'text-color': token('surface') },
  };
  return [casing, ...lines, ...points, labels];
}

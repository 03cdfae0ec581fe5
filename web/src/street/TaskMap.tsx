import { computed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { MapView } from '../shared/map/MapView';
import type { MapScene } from '../shared/map/scene';
import { mapStyle } from '../shared/map/style';
import { Shown } from '../shared/parts/States';
import { question } from '../shared/question';
import { type District, fetchDistrict } from '../shared/territory_api';
import { here } from './place';

const theDistrict = question<District>((_, stop) => fetchDistrict(stop));
const CLOSE_ZOOM = 16.5;
const SHOWN = new Set(['streets', 'buildings'] as const);

/** Where the task is and where the phone is; loaded only when somebody asks for it. */
export default function TaskMap({ at }: { at: readonly [number, number] }) {
  useEffect(() => void theDistrict.put(), []);
  return (
    <div class="task-map">
      <Shown asked={theDistrict.asked.value} retry={() => void theDistrict.put()} skeletonLines={4}>
        {district => <Drawn district={district} at={at} />}
      </Shown>
    </div>
  );
}

function Drawn({ district, at }: { district: District; at: readonly [number, number] }) {
  const style = useMemo(
    () =>
      computed(() =>
        mapStyle(district, SHOWN, {
          below: [],
          sources: { task: { type: 'geojson', data: marks(at) } },
          above: [
            {
              id: 'task-marks',
              type: 'circle',
              source: 'task',
              paint: {
                'circle-radius': ['case', ['get', 'me'], 7, 11],
                'circle-color': ['case', ['get', 'me'], '#1f6fd0', '#c92324'],
                'circle-stroke-color': '#ffffff',
                'circle-stroke-width': 3,
              },
            },
          ],
        }),
      ),
    [district, at],
  );
  const nothing = (_: MapScene | null) => undefined;
  return (
    <MapView
      style={style}
      bounds={district.bbox}
      catchers={[]}
      place={{ lon: at[0], lat: at[1], zoom: CLOSE_ZOOM }}
      onScene={nothing}
    />
  );
}

function marks(at: readonly [number, number]): GeoJSON.FeatureCollection {
  const point = (lon: number, lat: number, me: boolean): GeoJSON.Feature => ({
    type: 'Feature',
    properties: { me },
    geometry: { type: 'Point', coordinates: [lon, lat] },
  });
  const features = [point(at[0], at[1], false)];
  if (here.value) features.push(point(here.value.lon, here.value.lat, true));
  return { type: 'FeatureCollection', features };
}

import { computed } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { MapView } from '../shared/map/MapView';
import type { MapScene } from '../shared/map/scene';
import { mapStyle } from '../shared/map/style';
import { Button } from '../shared/parts/Button';
import { Icon } from '../shared/parts/Icon';
import { Shown } from '../shared/parts/States';
import { question } from '../shared/question';
import { type District, fetchDistrict } from '../shared/territory_api';
import { placeNow } from './PlaceField';
import { reportWords } from './words';

const theDistrict = question<District>((_, stop) => fetchDistrict(stop));
const CLOSE_ZOOM = 16.5;
const SHOWN = new Set(['streets', 'buildings'] as const);

/** A map under a pin: move it by finger or by arrow keys, and take what the pin stands on. */
export default function PlaceMap({ onChoose }: { onChoose: (at: { lon: number; lat: number }) => void }) {
  const t = reportWords();
  const scene = useRef<MapScene | null>(null);
  useEffect(() => void theDistrict.put(), []);
  return (
    <div class="place-map">
      <p class="quiet small">{t.mapHint}</p>
      <div class="place-map__frame">
        <Shown asked={theDistrict.asked.value} retry={() => void theDistrict.put()} skeletonLines={6}>
          {district => (
            <Drawn
              district={district}
              onScene={living => {
                scene.current = living;
              }}
            />
          )}
        </Shown>
        <span class="place-map__pin" aria-hidden="true">
          <Icon name="place" size={36} />
        </span>
      </div>
      <Button
        look="primary"
        icon="check"
        onClick={() => {
          const view = scene.current?.view.value;
          if (view) onChoose({ lon: view.lon, lat: view.lat });
        }}
      >
        {t.useThis}
      </Button>
    </div>
  );
}

interface DrawnProps {
  district: District;
  onScene: (scene: MapScene | null) => void;
}

function Drawn({ district, onScene }: DrawnProps) {
  const style = useMemo(
    () => computed(() => mapStyle(district, SHOWN, { below: [], sources: {}, above: [] })),
    [district],
  );
  const at = placeNow();
  return (
    <MapView
      style={style}
      bounds={district.bbox}
      catchers={[]}
      place={at ? { lon: at.lon, lat: at.lat, zoom: CLOSE_ZOOM } : null}
      onScene={onScene}
    />
  );
}

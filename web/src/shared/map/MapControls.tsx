import { signal } from '@preact/signals';
import { coordinates, distance } from '../formats';
import { wgs84ToGcj02 } from '../gcj02';
import { IconButton } from '../parts/Button';
import { say } from '../parts/Toast';
import { scaleBar } from '../scale';
import { sharedWords } from '../words';
import { type PictureNotes, savePicture } from './picture';
import type { MapScene } from './scene';

interface ZoomButtonsProps {
  scene: MapScene;
  /** What the map is called when it is carried away as a picture; without it there is no button for that. */
  notes?: (() => PictureNotes) | undefined;
}

export function ZoomButtons({ scene, notes }: ZoomButtonsProps) {
  const t = sharedWords();
  const { bearing } = scene.view.value;
  return (
    <div class="map-box map-buttons">
      <IconButton icon="plus" label={t.zoomIn} onClick={() => scene.map.zoomIn()} />
      <IconButton icon="minus" label={t.zoomOut} onClick={() => scene.map.zoomOut()} />
      <IconButton icon="whole" label={t.wholeDistrict} onClick={() => scene.showWhole()} />
      {Math.abs(bearing) > 0.5 && (
        <IconButton icon="north" label={t.northUp} onClick={() => scene.map.rotateTo(0)} />
      )}
      {notes && (
        <IconButton icon="camera" label={t.savePicture} onClick={() => void savePicture(scene, notes())} />
      )}
    </div>
  );
}

type Datum = 'WGS 84' | 'GCJ-02';
const datum = signal<Datum>('WGS 84');

/** Scale, north, and the place under the pointer in either datum: one press changes it, the other copies. */
export function MapFoot({ scene }: { scene: MapScene }) {
  const t = sharedWords();
  const { lat, zoom, lon, bearing } = scene.view.value;
  const { metres, px } = scaleBar(lat, zoom);
  const place = scene.pointer.value ?? { lon, lat };
  const shown = datum.value === 'GCJ-02' ? wgs84ToGcj02(place) : place;
  const text = coordinates(shown.lon, shown.lat);
  return (
    <div class="map-box map-foot">
      <span class="map-scale" style={{ width: `${px}px` }}>
        {distance(metres)}
      </span>
      <span title={t.north} style={{ transform: `rotate(${-bearing}deg)` }}>
        {t.north}↑
      </span>
      <span class="map-coordinates">
        <button
          type="button"
          onClick={() => {
            datum.value = datum.value === 'WGS 84' ? 'GCJ-02' : 'WGS 84';
          }}
        >
          {datum.value}
        </button>{' '}
        <button
          type="button"
          title={t.coordinatesHint}
          onClick={() => void navigator.clipboard?.writeText(text).then(() => say(t.copied))}
        >
          {text}
        </button>
      </span>
    </div>
  );
}

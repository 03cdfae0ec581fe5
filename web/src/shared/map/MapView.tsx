import { effect, type ReadonlySignal, useSignal } from '@preact/signals';
import type { StyleSpecification } from 'maplibre-gl';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { MapPlace } from '../address';
import { EmptyState } from '../parts/States';
import type { Box } from '../territory_api';
import { sharedWords } from '../words';
import { MapFoot, ZoomButtons } from './MapControls';
import type { PictureNotes } from './picture';
import { type Catcher, MapScene } from './scene';
import './map.css';

interface MapViewProps {
  /** A computed style: it is read inside an effect and followed. */
  style: ReadonlySignal<StyleSpecification>;
  bounds: Box;
  catchers: readonly Catcher[];
  place: MapPlace | null;
  /** Given the scene once it lives, and null when it ends. */
  onScene: (scene: MapScene | null) => void;
  /** What the map is called when it is carried away as a picture. */
  notes?: () => PictureNotes;
  /** Corners of the page's own. */
  children?: ComponentChildren;
}

/** A map that fills its place, with zoom, scale, north and coordinates. */
export function MapView({ style, bounds, catchers, place, onScene, notes, children }: MapViewProps) {
  const canvas = useRef<HTMLDivElement>(null);
  const scene = useSignal<MapScene | null>(null);
  const failed = useSignal(false);
  const t = sharedWords();

  useEffect(() => {
    if (!canvas.current) return;
    let living: MapScene;
    try {
      living = new MapScene(canvas.current, style.peek(), bounds, catchers, place);
    } catch {
      failed.value = true;
      return;
    }
    scene.value = living;
    onScene(living);
    const unfollow = effect(() => living.restyle(style.value));
    return () => {
      unfollow();
      onScene(null);
      scene.value = null;
      living.remove();
    };
    // A scene lives as long as its place on the page; its style is followed by the effect above.
  }, []);

  useEffect(() => {
    scene.value?.map.getCanvas().setAttribute('aria-label', `${t.map}: ${t.mapHint}`);
  }, [scene.value, t]);

  if (failed.value) {
    return (
      <div class="map">
        <EmptyState icon="map" title={t.mapFailed}>
          {t.mapFailedDetail}
        </EmptyState>
      </div>
    );
  }
  return (
    <div class="map">
      <div class="map__canvas" ref={canvas} />
      {scene.value && (
        <>
          <div class="map__corner map__corner--bottom-left">
            <MapFoot scene={scene.value} />
          </div>
          <div class="map__corner map__corner--bottom-right">
            <ZoomButtons scene={scene.value} notes={notes} />
          </div>
          <MapHint scene={scene.value} />
        </>
      )}
      {children}
    </div>
  );
}

/** The name of what is under the pointer. */
function MapHint({ scene }: { scene: MapScene }) {
  const caught = scene.hovered.value;
  const name = caught ? hintOf(caught.properties) : '';
  if (!caught || !name) return null;
  const { x, y } = scene.map.project([caught.at.lon, caught.at.lat]);
  return (
    <div class="map-hint" style={{ left: `${x}px`, top: `${y}px` }} aria-hidden="true">
      {name}
    </div>
  );
}

function hintOf(properties: Record<string, unknown>): string {
  const english = document.documentElement.lang === 'en' && properties.name_en;
  return String(english || properties.name || '');
}

import { effect, untracked } from '@preact/signals';
import type { Feature } from 'geojson';
import type { GeoJSONSource } from 'maplibre-gl';
import type { MapScene } from '../shared/map/scene';
import { answerIn } from '../shared/question';
import { drawingFeatures } from './draw';
import { closureFeatures, reachFeatures } from './layer_features';
import { densityClasses, theDensity, theRings } from './layers';
import { isReplaying } from './replay';

/** Keeps the areas and lines of the map's own layers in step with what was asked of the server. */

const NOTHING = { type: 'FeatureCollection' as const, features: [] };

const SHAPES: readonly (readonly [source: string, features: () => Feature[]])[] = [
  ['closures', closureFeatures],
  ['density', () => densityClasses(answerIn(theDensity.asked.value) ?? NOTHING)],
  ['circles', () => answerIn(theRings.asked.value)?.features ?? []],
  ['reach', () => (isReplaying.value ? [] : reachFeatures())],
  ['drawing', drawingFeatures],
];

export function keepMapCurrent({ map }: MapScene): () => void {
  const painters = SHAPES.map(([name, features]) => {
    const draw = () =>
      map
        .getSource<GeoJSONSource>(name)
        ?.setData({ type: 'FeatureCollection', features: untracked(features) });
    return { name, features, draw };
  });
  const seen = new Map<string, GeoJSONSource | undefined>();
  // A style that was rebuilt, or a layer that was switched on again, begins with empty sources.
  const refill = () => {
    for (const { name, draw } of painters) {
      const now = map.getSource<GeoJSONSource>(name);
      if (now === seen.get(name)) continue;
      seen.set(name, now);
      if (now) draw();
    }
  };
  const stops = painters.map(({ features, draw }) =>
    effect(() => {
      void features();
      draw();
    }),
  );
  refill();
  map.on('styledata', refill);
  return () => {
    map.off('styledata', refill);
    for (const stop of stops) stop();
  };
}

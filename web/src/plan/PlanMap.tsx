import { computed } from '@preact/signals';
import type { GeoJSONSource } from 'maplibre-gl';
import { useEffect, useMemo } from 'preact/hooks';
import { inAddress, placeFromText, placeToText, putInAddress } from '../shared/address';
import { MapView } from '../shared/map/MapView';
import type { Catcher, MapScene } from '../shared/map/scene';
import { type BaseChoice, mapStyle, type Overlay } from '../shared/map/style';
import { token } from '../shared/palette';
import { answerIn } from '../shared/question';
import type { District } from '../shared/territory_api';
import { askAgain, chosen, LIMITS, scene, theCoverage, theRings } from './state';
import { planWords } from './words';

const SHOWN: ReadonlySet<BaseChoice> = new Set<BaseChoice>(['subdistrict', 'centres']);
const CATCHERS: readonly Catcher[] = [
  { kind: 'centre', layers: ['centres', 'centres-far'], sources: ['centres'] },
];
const NOTHING: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };
const RING_COLOURS = ['minutes-0', 'minutes-2', 'minutes-4'] as const;

/** Rings from the widest to the narrowest, the homes beyond them on top. */
function overlay(): Overlay {
  return {
    sources: {
      rings: { type: 'geojson', data: NOTHING },
      'left-out': { type: 'geojson', data: NOTHING },
    },
    below: [
      {
        id: 'rings',
        type: 'fill',
        source: 'rings',
        paint: {
          'fill-opacity': 0.35,
          'fill-color': [
            'match',
            ['get', 'minutes'],
            LIMITS[0],
            token(RING_COLOURS[0]),
            LIMITS[1],
            token(RING_COLOURS[1]),
            token(RING_COLOURS[2]),
          ],
        },
      },
    ],
    above: [
      {
        id: 'left-out',
        type: 'circle',
        source: 'left-out',
        paint: {
          'circle-color': token('state-late'),
          'circle-opacity': 0.75,
          'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'households']], 1, 2, 15, 9],
          'circle-stroke-color': token('surface'),
          'circle-stroke-width': 1,
        },
      },
    ],
  };
}

export function PlanMap({ district }: { district: District }) {
  const style = useMemo(() => computed(() => mapStyle(district, SHOWN, overlay())), [district]);
  const living = scene.value;
  const rings = answerIn(theRings.asked.value);
  const homes = answerIn(theCoverage.asked.value)?.left_out;
  useEffect(() => {
    if (!living) return undefined;
    const fill = () => {
      source(living, 'rings')?.setData(rings ?? NOTHING);
      source(living, 'left-out')?.setData(pointsOf(homes ?? []));
    };
    fill();
    // A restyled map begins with empty sources again.
    living.map.on('styledata', fill);
    return () => {
      living.map.off('styledata', fill);
    };
  }, [living, rings, homes]);

  function take(next: MapScene | null): void {
    scene.value = next;
    if (!next) return;
    next.onChoose = caught => {
      chosen.value = caught?.kind === 'centre' ? caught.id : null;
      askAgain();
    };
    next.map.on('moveend', () => putInAddress({ at: placeToText(next.view.value) }));
  }

  return (
    <MapView
      style={style}
      bounds={district.bbox}
      catchers={CATCHERS}
      place={placeFromText(inAddress('at'))}
      onScene={take}
    >
      <div class="map__corner map__corner--top-right">
        <RingLegend />
      </div>
    </MapView>
  );
}

function source(living: MapScene, name: string): GeoJSONSource | undefined {
  return living.map.getSource<GeoJSONSource>(name);
}

function pointsOf(homes: readonly { at: [number, number]; households: number }[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: homes.map(({ at, households }) => ({
      type: 'Feature',
      properties: { households },
      geometry: { type: 'Point', coordinates: at },
    })),
  };
}

function RingLegend() {
  const t = planWords();
  return (
    <div class="ring-legend">
      <strong>{t.legend}</strong>
      {LIMITS.map((limit, place) => (
        <span key={limit} class={`ring-legend__ring ring-legend__ring--${place}`}>
          {t.within(String(limit))}
        </span>
      ))}
      <span class="ring-legend__ring ring-legend__ring--out">{t.legendOut}</span>
    </div>
  );
}

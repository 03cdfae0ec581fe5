import { computed } from '@preact/signals';
import type { GeoJSONSource } from 'maplibre-gl';
import { useEffect, useMemo } from 'preact/hooks';
import { inAddress, placeFromText, placeToText, putInAddress } from '../shared/address';
import { MapView } from '../shared/map/MapView';
import type { Catcher, MapScene } from '../shared/map/scene';
import { type BaseChoice, mapStyle } from '../shared/map/style';
import { answerIn } from '../shared/question';
import type { District } from '../shared/territory_api';
import { NOTHING, overlay } from './layers';
import { askAgain, chosen, LIMITS, scene, shows, theCoverage, theReach, theRings } from './state';
import { planWords } from './words';

const SHOWN: ReadonlySet<BaseChoice> = new Set<BaseChoice>(['subdistrict', 'centres']);
const CATCHERS: readonly Catcher[] = [
  { kind: 'centre', layers: ['centres', 'centres-far'], sources: ['centres'] },
];

export function PlanMap({ district }: { district: District }) {
  const style = useMemo(() => computed(() => mapStyle(district, SHOWN, overlay())), [district]);
  const living = scene.value;
  const ofShift = shows.value === 'shift';
  const rings = ofShift ? undefined : answerIn(theRings.asked.value);
  const homes = ofShift ? undefined : answerIn(theCoverage.asked.value)?.left_out;
  const reach = ofShift ? answerIn(theReach.asked.value) : undefined;
  useEffect(() => {
    if (!living) return undefined;
    const fill = () => {
      source(living, 'rings')?.setData(rings ?? NOTHING);
      source(living, 'reach')?.setData(reach ?? NOTHING);
      source(living, 'left-out')?.setData(pointsOf(homes ?? []));
    };
    fill();
    // A restyled map begins with empty sources again.
    living.map.on('styledata', fill);
    return () => {
      living.map.off('styledata', fill);
    };
  }, [living, rings, homes, reach]);

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
      <strong>{shows.value === 'shift' ? t.legendShift : t.legend}</strong>
      {LIMITS.map((limit, place) => (
        <span key={limit} class={`ring-legend__ring ring-legend__ring--${place}`}>
          {t.within(String(limit))}
        </span>
      ))}
      {shows.value === 'shift' ? (
        <span class="ring-legend__ring ring-legend__ring--nobody">{t.legendNobody}</span>
      ) : (
        <span class="ring-legend__ring ring-legend__ring--out">{t.legendOut}</span>
      )}
    </div>
  );
}

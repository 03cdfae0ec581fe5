import { computed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { inAddress, placeFromText, placeToText, putInAddress } from '../shared/address';
import { nameOf } from '../shared/language';
import { MapView } from '../shared/map/MapView';
import type { Catcher, Caught, MapScene } from '../shared/map/scene';
import { mapStyle } from '../shared/map/style';
import { session } from '../shared/session';
import type { District } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { dragOnMap } from './drag_person';
import { keepMapCurrent } from './map_currents';
import { cases, form, openCase, openId, people, scene, shownBase, shownLayers } from './state';
import { WallLegend } from './WallLegend';
import { wallOverlay } from './wall_layers';
import { wallWords } from './words';

const CATCHERS: readonly Catcher[] = [
  { kind: 'case', layers: ['cases'], sources: ['cases'] },
  { kind: 'gathered', layers: ['cases-by-community', 'cases-by-grid'], sources: [] },
  { kind: 'person', layers: ['people'], sources: ['people'] },
  { kind: 'street', layers: ['street-catch'], sources: ['street_lines', 'streets'] },
];

const CLOSER_BY = 1.8;
const WALL_MAGNIFIED = 1.4;

export function WallMap({ district }: { district: District }) {
  const style = useMemo(
    () =>
      computed(() => {
        const shown = shownLayers.value;
        return mapStyle(
          district,
          shownBase.value,
          wallOverlay({ cases: shown.has('cases'), people: shown.has('people') }),
          form.value === 'wall' ? WALL_MAGNIFIED : 1,
        );
      }),
    [district],
  );

  function take(living: MapScene | null): void {
    scene.value = living;
    if (!living) return;
    living.onChoose = caught => choose(living, caught);
    living.map.on('moveend', () => putInAddress({ at: placeToText(living.view.value) }));
  }

  const living = scene.value;
  useEffect(() => (living ? keepMapCurrent(living) : undefined), [living]);
  useEffect(() => (living ? dragOnMap(living) : undefined), [living]);
  useEffect(() => {
    living?.attend('chosen', 'case', openId.value);
    bringIntoView();
  }, [living, openId.value]);

  return (
    <MapView
      style={style}
      bounds={district.bbox}
      catchers={CATCHERS}
      place={placeFromText(inAddress('at'))}
      onScene={take}
      notes={() => ({
        title: wallWords().pictureTitle(nameOf(district)),
        legend: Object.values(sharedWords().states),
        madeBy: session.value?.name ?? '',
      })}
    >
      <div class="map__corner map__corner--top-right wall__legend">
        <WallLegend />
      </div>
    </MapView>
  );
}

/** An opened case that lies outside the picture is brought in; one that is seen already moves nothing. */
function bringIntoView(): void {
  const one = openId.peek() && cases.get(openId.peek() ?? '');
  const map = scene.peek()?.map;
  if (one && map && !map.getBounds().contains(one.at)) map.easeTo({ center: one.at });
}

function choose(living: MapScene, caught: Caught | null): void {
  if (caught?.kind === 'case') openCase(caught.id);
  else if (caught?.kind === 'gathered') {
    living.map.easeTo({ center: [caught.at.lon, caught.at.lat], zoom: living.map.getZoom() + CLOSER_BY });
  } else if (caught?.kind === 'street') putInAddress({ street: caught.id }, true);
  else if (caught?.kind === 'person') putInAddress({ q: nameOfPerson(caught.id) }, true);
}

function nameOfPerson(id: string): string {
  return people.get(id)?.name ?? '';
}

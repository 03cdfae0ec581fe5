import { computed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { inAddress, placeFromText, placeToText, putInAddress } from '../shared/address';
import { nameOf } from '../shared/language';
import { MapView } from '../shared/map/MapView';
import type { Catcher, Caught, MapScene } from '../shared/map/scene';
import { mapStyle } from '../shared/map/style';
import { session } from '../shared/session';
import type { District } from '../shared/territory_api';
import { DrawPanel } from './DrawPanel';
import { dragOnMap } from './drag_person';
import { drawOn, isDrawn, showDrawn, tool } from './draw';
import { markFirstPicture } from './first_picture';
import { LayerList } from './LayerList';
import { withOpacities } from './layer_opacity';
import { giTiles, opacities, shownLayers } from './layers';
import { MapCard } from './MapCard';
import { MapTools } from './MapTools';
import { openCard } from './map_card';
import { keepMapCurrent } from './map_currents';
import { pictureNotes } from './map_picture';
import { MarkBoard } from './mark_board';
import { form, openCase, openId, scene, shownBase, shownCase } from './state';
import { WallLegend } from './WallLegend';
import { wallOverlay } from './wall_layers';

const CATCHERS: readonly Catcher[] = [
  { kind: 'street', layers: ['street-catch'], sources: ['street_lines', 'streets'] },
  { kind: 'spot', layers: ['gi-area'], sources: [] },
];

const CLOSER_BY = 1.8;
const WALL_MAGNIFIED = 1.4;

export function WallMap({ district }: { district: District }) {
  const style = useMemo(
    () =>
      computed(() => {
        const overlay = wallOverlay(shownLayers.value, giTiles.value);
        const magnified = form.value === 'wall' ? WALL_MAGNIFIED : 1;
        return withOpacities(mapStyle(district, shownBase.value, overlay, magnified), opacities.value);
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
  useEffect(() => {
    if (!living) return undefined;
    const board = new MarkBoard(living);
    const stops = [() => board.remove(), keepMapCurrent(living), markFirstPicture(living, board)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [living]);
  useEffect(() => (living ? dragOnMap(living) : undefined), [living]);
  useEffect(() => (living ? drawOn(living) : undefined), [living]);
  useEffect(() => {
    if (living && isDrawn.value) showDrawn(living);
  }, [living, isDrawn.value]);
  useEffect(bringIntoView, [living, openId.value]);

  return (
    <MapView
      style={style}
      bounds={district.bbox}
      catchers={CATCHERS}
      place={placeFromText(inAddress('at'))}
      onScene={take}
      notes={() => pictureNotes(nameOf(district), session.value?.name ?? '')}
    >
      <div class="map__corner map__corner--top-right wall__legend">
        <WallLegend />
      </div>
      <div class="map__corner map__corner--bottom wall__tools">
        <MapTools district={district} />
      </div>
      <div class="map__corner map__corner--top-left wall__cards">
        <DrawPanel />
        <LayerList />
        <MapCard />
      </div>
    </MapView>
  );
}

/** An opened case that lies outside the picture is brought in; one that is seen already moves nothing. */
function bringIntoView(): void {
  const one = openId.peek() && shownCase(openId.peek() ?? '');
  const living = scene.peek();
  if (!one || !living || living.map.getBounds().contains(one.at)) return;
  living.map.easeTo({ center: one.at, duration: living.moveMs });
}

function choose(living: MapScene, caught: Caught | null): void {
  if (tool.peek() !== null) return;
  if (caught?.kind === 'case') openCase(caught.id);
  else if (caught?.kind === 'gathered') {
    living.map.easeTo({
      center: [caught.at.lon, caught.at.lat],
      zoom: living.map.getZoom() + CLOSER_BY,
      duration: living.moveMs,
    });
  } else if (caught?.kind === 'street' || caught?.kind === 'person') openCard(caught.kind, caught.id);
  else if (caught?.kind === 'spot') {
    openCard('spot', [caught.at.lon, caught.at.lat].map(degrees => degrees.toFixed(6)).join(','));
  }
}

import { computed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { inAddress, placeFromText, placeToText, putInAddress } from '../shared/address';
import { nameOf } from '../shared/language';
import { MapView } from '../shared/map/MapView';
import type { Catcher, Caught, MapScene } from '../shared/map/scene';
import { mapStyle } from '../shared/map/style';
import type { District } from '../shared/territory_api';
import { shownLayerNames } from './DistrictLegend';
import { closeCard, open, opened, scene, shownLayers } from './state';
import { districtWords } from './words';

/** Earlier ones win: a centre lies on a street, a street in a grid, a grid in a community. */
const CATCHERS: readonly Catcher[] = [
  { kind: 'centre', layers: ['centres', 'centres-far'], sources: ['centres'] },
  { kind: 'street', layers: ['street-catch'], sources: ['street_lines', 'streets'] },
  { kind: 'grid', layers: ['grid-area'], sources: ['grid'] },
  { kind: 'community', layers: ['community-area'], sources: ['community'] },
  { kind: 'subdistrict', layers: ['subdistrict-area'], sources: ['subdistrict'] },
];

const AREA_LEVELS = new Set(['subdistrict', 'community', 'grid']);
const levelAtLength: Record<number, string> = { 9: 'subdistrict', 12: 'community', 15: 'grid' };

export function DistrictMap({ district }: { district: District }) {
  const style = useMemo(() => computed(() => mapStyle(district, shownLayers.value)), [district]);

  function take(living: MapScene | null): void {
    scene.value = living;
    if (!living) return;
    living.onChoose = choose;
    living.map.on('moveend', () => putInAddress({ at: placeToText(living.view.value) }));
  }

  const living = scene.value;
  const chosen = opened.value;
  useEffect(() => {
    const what = chosen?.kind === 'area' ? (levelAtLength[chosen.id.length] ?? null) : (chosen?.kind ?? null);
    living?.attend('chosen', what, chosen?.id ?? null);
  }, [living, chosen]);

  return (
    <MapView
      style={style}
      bounds={district.bbox}
      catchers={CATCHERS}
      place={placeFromText(inAddress('at'))}
      onScene={take}
      notes={() => ({ title: districtWords().pictureTitle(nameOf(district)), legend: shownLayerNames() })}
    />
  );
}

function choose(caught: Caught | null): void {
  if (!caught) closeCard();
  else if (AREA_LEVELS.has(caught.kind)) open('area', caught.id);
  else if (caught.kind === 'street' || caught.kind === 'centre') open(caught.kind, caught.id);
}

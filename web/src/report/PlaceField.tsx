import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { coordinates } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { later } from '../shared/parts/later';
import { SearchBox } from '../shared/parts/SearchBox';
import { fetchLocation, type Named, searchPlaces } from '../shared/territory_api';
import { type Fix, here, locateOnce, placeRefused } from '../street/place';
import { change, draft, type Place } from './draft';
import { reportWords } from './words';

/** The place that counts now: what was chosen, else where the phone is. */
export function placeNow(): Place | null {
  if (draft.value.place) return draft.value.place;
  const fix = here.value;
  return fix ? { name: '', lon: fix.lon, lat: fix.lat } : null;
}

interface PlaceFieldProps {
  label: string;
  /** It is somebody's home. */
  home?: boolean;
  /** Whether a building or door is asked for. */
  exact?: boolean;
}

/** What the street or the grid around the phone is called: a name says more to people than degrees. */
function useNameNear(fix: Fix | null): Named | null {
  const [name, setName] = useState<Named | null>(null);
  const lon = fix && Math.round(fix.lon * 5000) / 5000;
  const lat = fix && Math.round(fix.lat * 5000) / 5000;
  useEffect(() => {
    if (lon === null || lat === null) return;
    const stop = new AbortController();
    fetchLocation(lon, lat, stop.signal)
      .then(found => ask<Named>(found.street ? `/streets/${found.street}` : `/areas/${found.nearest_area}`))
      .then(setName)
      .catch(() => undefined);
    return () => stop.abort();
  }, [lon, lat]);
  return name;
}

/** The phone's position, a street or estate by its name, or a point on the map, which loads when asked for. */
export function PlaceField({ label, home = false, exact = true }: PlaceFieldProps) {
  const t = reportWords();
  const [map, setMap] = useState(false);
  useEffect(locateOnce, []);
  const chosen = draft.value.place;
  const fix = here.value;
  const near = useNameNear(fix);
  const known = fix ? t.phonePlace(near ? nameOf(near) : '') : placeRefused.value ? t.noPlace : t.locating;
  return (
    <fieldset class="part">
      <legend>{label}</legend>
      <p role="status" class={chosen || fix ? 'chosen' : 'quiet'}>
        {chosen ? t.chosenPlace(chosen.name) : known}
      </p>
      <div class="part__ways">
        <Button
          icon="locate"
          onClick={() => {
            change({ place: null });
            locateOnce();
          }}
        >
          {t.usePhone}
        </Button>
        <Button icon="map" aria-expanded={map} onClick={() => setMap(!map)}>
          {map ? t.closeMap : t.onMap}
        </Button>
      </div>
      <SearchBox
        inputId="place-by-name"
        placeholder={t.byName}
        find={searchPlaces}
        keyOf={one => `${one.kind}/${one.id}`}
        show={one => nameOf(one)}
        onChoose={one => change({ place: { name: nameOf(one), lon: one.at[0], lat: one.at[1] } })}
        nothingFound={t.nothingCalled}
      />
      {map && (
        <LazyMap
          onChoose={at => {
            change({ place: { name: `${t.placeOnMap} (${coordinates(at.lon, at.lat)})`, ...at } });
            setMap(false);
          }}
        />
      )}
      {exact && (
        <label class="field">
          <span class="label">{home ? t.homeAddress : t.placeWords}</span>
          <input
            maxLength={200}
            autocomplete={home ? 'street-address' : 'off'}
            value={draft.value.placeWords}
            onInput={event => change({ placeWords: event.currentTarget.value })}
          />
        </label>
      )}
    </fieldset>
  );
}

const LazyMap = later<{ onChoose: (at: { lon: number; lat: number }) => void }>(
  () => import('./PlaceMap'),
  6,
);

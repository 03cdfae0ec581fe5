import { useComputed, useSignal } from '@preact/signals';
import { coordinates, distance } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { LazyMap } from './LazyMap';
import { boxAround } from './map_box';
import type { PhoneMark } from './PhoneMap';
import { here, locateOnce, placeRefused } from './place';
import { ownStreet } from './state';
import type { Point } from './tasks_api';
import { streetWords } from './words';

interface PlaceFieldProps {
  /** Where somebody put it on the map; null takes the phone's own place. */
  corrected: Point | null;
  onCorrect: (at: Point | null) => void;
}

/** Where it is: the phone's place, or what was put right on the map. */
export function PlaceField({ corrected, onCorrect }: PlaceFieldProps) {
  const t = streetWords();
  const choosing = useSignal(false);
  const middle = useSignal<Point | null>(null);
  const fix = here.value;
  const at = corrected ?? (fix ? ([fix.lon, fix.lat] as Point) : null);
  const marks = useComputed<readonly PhoneMark[]>(() =>
    here.value ? [{ kind: 'me', at: [here.value.lon, here.value.lat] }] : [],
  );
  const around = at ? boxAround([at]) : ownStreet.value?.bbox;
  return (
    <div class="finding__place">
      <p>
        {t.place}
        <span class="finding__at">
          {at ? coordinates(at[0], at[1]) : placeRefused.value ? t.noPlace : t.locating}
          {corrected ? (
            <span class="quiet small"> {t.placeCorrected}</span>
          ) : (
            fix && <span class="quiet small"> {t.accuracy(distance(fix.accuracy_m))}</span>
          )}
        </span>
      </p>
      <div class="finding__acts">
        <Button
          icon="locate"
          onClick={() => {
            onCorrect(null);
            choosing.value = false;
            locateOnce();
          }}
        >
          {t.locateAgain}
        </Button>
        {around && !choosing.value && (
          <Button
            icon="place"
            onClick={() => {
              middle.value = at;
              choosing.value = true;
            }}
          >
            {t.correctPlace}
          </Button>
        )}
      </div>
      {around && choosing.value && (
        <>
          <p class="quiet small">{t.placeMap}</p>
          <LazyMap
            marks={marks}
            box={around}
            label={t.placeMap}
            onMiddle={place => {
              middle.value = place;
            }}
          />
          <Button
            look="primary"
            disabled={!middle.value}
            onClick={() => {
              onCorrect(middle.value);
              choosing.value = false;
            }}
          >
            {t.usePlace}
          </Button>
        </>
      )}
    </div>
  );
}

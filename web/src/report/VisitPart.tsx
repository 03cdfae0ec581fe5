import { useEffect } from 'preact/hooks';
import { date, weekday } from '../shared/formats';
import { Shown } from '../shared/parts/States';
import { theVisitTimes, type VisitTimes } from './api';
import { change, draft } from './draft';
import { placeNow } from './PlaceField';
import { reportWords } from './words';

/** The days and times at which somebody comes to this place, and how many are left. */
export function VisitPart() {
  const t = reportWords();
  const at = placeNow();
  const again = () => void (at && theVisitTimes.put({ lon: at.lon, lat: at.lat }));
  useEffect(again, [at?.lon, at?.lat]);
  return (
    <fieldset class="part">
      <legend>{t.visitWhen}</legend>
      {at ? (
        <Shown asked={theVisitTimes.asked.value} retry={again} skeletonLines={2}>
          {times => <Choice times={times} />}
        </Shown>
      ) : (
        <p class="quiet">{t.visitOutside}</p>
      )}
    </fieldset>
  );
}

const NOON = 'T12:00:00+08:00';

function Choice({ times }: { times: VisitTimes }) {
  const t = reportWords();
  if (!times.community || times.times.length === 0) return <p class="quiet">{t.visitOutside}</p>;
  const days = [...new Set(times.times.map(one => one.day))];
  const { visit } = draft.value;
  const day = visit?.day ?? days[0] ?? '';
  return (
    <div class="part__pair">
      <label class="field">
        <span class="label">{t.visitDay}</span>
        <select
          value={day}
          onChange={event => change({ visit: { day: event.currentTarget.value, slot: '' } })}
        >
          {days.map(one => (
            <option key={one} value={one}>
              {`${date(one + NOON)} ${weekday(one + NOON)}`}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span class="label">{t.visitSlot}</span>
        <select
          value={visit?.slot ?? ''}
          onChange={event => change({ visit: { day, slot: event.currentTarget.value } })}
        >
          <option value="">{t.visitChoose}</option>
          {times.times
            .filter(one => one.day === day)
            .map(one => (
              <option key={one.slot} value={one.slot} disabled={one.left === 0}>
                {`${one.slot} · ${one.left > 0 ? t.visitLeft(one.left) : t.visitFull}`}
              </option>
            ))}
        </select>
      </label>
    </div>
  );
}

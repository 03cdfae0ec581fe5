import { useState } from 'preact/hooks';
import { clockWithSeconds } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { actOnDuty, dutyNow } from './duty_acts';
import { mapKept } from './keep_map';
import { lastSentAt, placeRefused, unsentFixes } from './place';
import { streetName, tab, theDuty } from './state';
import { streetWords } from './words';

/** On shift or off it, and the patrol under way: what the phone tells about its owner, he sees. */
export function ShiftBar() {
  const t = streetWords();
  const duty = dutyNow();
  const [busy, setBusy] = useState(false);
  const offline = theDuty.asked.value.state === 'failed';
  if (!duty) {
    return offline ? (
      <section class="shift">
        <p class="small">{t.shiftUnknown}</p>
      </section>
    ) : null;
  }
  const turn = async () => {
    setBusy(true);
    await actOnDuty(duty.on_duty ? '/shifts/off' : '/shifts/on', duty.on_duty ? t.goOff : t.goOn);
    setBusy(false);
  };
  return (
    <section class={`shift${duty.on_duty ? ' shift--on' : ''}`}>
      <div>
        <strong>{duty.on_duty ? t.shiftOn : t.shiftOff}</strong>
        {duty.on_duty && <Positions />}
        {offline && <p class="small">{t.shiftUnknown}</p>}
        {duty.patrol && tab.value !== 'patrol' && (
          <p class="small">{t.patrolOf(streetName(duty.patrol_street))}</p>
        )}
      </div>
      <Button busy={busy} onClick={() => void turn()}>
        {duty.on_duty ? t.goOff : t.goOn}
      </Button>
    </section>
  );
}

/** Whether the map would be there in a basement. */
function mapInWords(): string {
  const t = streetWords();
  const far = mapKept.value;
  if (!far) return '';
  return far.kept === far.of ? t.mapOnPhone : t.mapComing(Math.floor((100 * far.kept) / far.of));
}

/** Whether the phone's place goes to the server and when it last did; whether the map is on the phone. */
function Positions() {
  const t = streetWords();
  const words = placeRefused.value
    ? t.positionDenied
    : lastSentAt.value === null
      ? t.positionsSent
      : t.positionsSentAt(clockWithSeconds(lastSentAt.value));
  return (
    <p class="small quiet positions">
      {[words, unsentFixes.value > 3 && t.positionsWaiting(unsentFixes.value), mapInWords()]
        .filter(Boolean)
        .join(' · ')}
    </p>
  );
}

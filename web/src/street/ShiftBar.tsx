import { useState } from 'preact/hooks';
import { ask, Problem } from '../shared/api';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Field } from '../shared/parts/Field';
import { say } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import { sharedWords } from '../shared/words';
import { placeRefused } from './place';
import { theDuty, theStreets } from './state';
import { streetWords } from './words';

/** On shift or off it, and the patrol under way: what the phone tells about its owner, he sees. */
export function ShiftBar() {
  const t = streetWords();
  const duty = answerIn(theDuty.asked.value);
  const [busy, setBusy] = useState(false);
  const [choosing, setChoosing] = useState(false);
  if (!duty) return null;
  const act = async (path: string, body: Record<string, unknown> = {}) => {
    setBusy(true);
    try {
      await ask(path, { method: 'POST', body });
    } catch (error) {
      if (error instanceof Problem) say(error.detail || error.title);
    }
    await theDuty.put();
    setBusy(false);
  };
  return (
    <section class={`shift${duty.on_duty ? ' shift--on' : ''}`}>
      <div>
        <strong>{duty.on_duty ? t.shiftOn : t.shiftOff}</strong>
        {duty.on_duty && <p class="small quiet">{placeRefused.value ? t.positionDenied : t.positionsSent}</p>}
        {duty.patrol && <p class="small">{t.patrolOf(streetName(duty.patrol_street))}</p>}
      </div>
      <div class="shift__acts">
        {duty.on_duty &&
          (duty.patrol ? (
            <Button busy={busy} icon="stop" onClick={() => void act(`/patrols/${duty.patrol}/end`)}>
              {t.endPatrol}
            </Button>
          ) : (
            <Button icon="walk" onClick={() => setChoosing(true)}>
              {t.startPatrol}
            </Button>
          ))}
        <Button busy={busy} onClick={() => void act(duty.on_duty ? '/shifts/off' : '/shifts/on')}>
          {duty.on_duty ? t.goOff : t.goOn}
        </Button>
      </div>
      {choosing && (
        <StreetChoice
          onClose={() => setChoosing(false)}
          onChoose={street => {
            setChoosing(false);
            void act('/patrols', { id: crypto.randomUUID(), street });
          }}
        />
      )}
    </section>
  );
}

function streetName(id: string | null): string {
  const found = answerIn(theStreets.asked.value)?.find(street => street.id === id);
  return found ? nameOf(found) : (id ?? '');
}

function StreetChoice({ onChoose, onClose }: { onChoose: (id: string) => void; onClose: () => void }) {
  const t = streetWords();
  const streets = answerIn(theStreets.asked.value) ?? [];
  const [chosen, setChosen] = useState('');
  return (
    <Dialog
      title={t.startPatrol}
      onClose={onClose}
      acts={
        <>
          <Button look="primary" disabled={!chosen} onClick={() => onChoose(chosen)}>
            {t.startPatrol}
          </Button>
          <Button onClick={onClose}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <Field label={t.patrolStreet}>
        {attributes => (
          <select {...attributes} value={chosen} onChange={event => setChosen(event.currentTarget.value)}>
            <option value="" />
            {streets.map(street => (
              <option key={street.id} value={street.id}>
                {nameOf(street)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </Dialog>
  );
}

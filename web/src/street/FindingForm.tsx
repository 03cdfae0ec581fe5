import { useEffect, useState } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { Button } from '../shared/parts/Button';
import { Check, Field } from '../shared/parts/Field';
import { session } from '../shared/session';
import { CategoryChoice } from './CategoryChoice';
import { Choice } from './Choice';
import { dutyNow } from './duty_acts';
import { type Outcome, OutcomeChoice } from './EndingForm';
import type { Shot } from './outbox';
import { PlaceField } from './PlaceField';
import { here, locateOnce } from './place';
import { sayHow } from './QueueView';
import { Shots } from './Shots';
import { keep } from './sender';
import { tab } from './state';
import type { Point } from './tasks_api';
import { streetWords } from './words';

const KINDS = ['patrol_finding', 'hazard_check', 'dispute', 'visit'] as const;
const ENTRIES = ['street', 'home', 'building', 'unit'] as const;
type Kind = (typeof KINDS)[number];
type Entry = (typeof ENTRIES)[number];

/** Photograph, category, done: the place comes from the phone and can be put right on the map. */
export function FindingForm() {
  const t = streetWords();
  const [shots, setShots] = useState<Shot[]>([]);
  const [kind, setKind] = useState<Kind>('patrol_finding');
  const [entry, setEntry] = useState<Entry>('street');
  const [category, setCategory] = useState('');
  const [corrected, setCorrected] = useState<Point | null>(null);
  const [description, setDescription] = useState('');
  const [settled, setSettled] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(locateOnce, []);
  const goesIn = session.value?.grants.some(grant => grant.role === 'grid_worker') ?? false;
  const fix = here.value;
  const at = corrected ?? (fix ? [fix.lon, fix.lat] : null);
  const ready = category && at && (!settled || outcome);
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    const patrol = dutyNow()?.patrol;
    const where = goesIn && entry !== 'street' ? `${t.entries[entry]} · ` : '';
    const came = await keep({
      kind: 'finding',
      label: policyName('category', category),
      path: '/findings',
      body: {
        kind,
        category,
        lon: at[0],
        lat: at[1],
        found_at: new Date().toISOString(),
        description: `${where}${description.trim()}`,
        wish: settled ? 'settle' : 'hand_on',
        ...(settled ? { outcome } : {}),
        ...(patrol ? { patrol } : {}),
      },
      shots,
    });
    setBusy(false);
    sayHow(came);
    // What could neither be kept nor sent stays in the form.
    if (came !== 'full') tab.value = came !== 'sent' ? 'queue' : patrol ? 'patrol' : 'tasks';
  };
  return (
    <section class="finding" aria-label={t.find}>
      <h1>{t.find}</h1>
      {goesIn && (
        <>
          <Choice
            label={t.entry}
            options={ENTRIES.map(id => ({ id, name: t.entries[id] }))}
            chosen={entry}
            onChoose={setEntry}
          />
          <Choice
            label={t.kind}
            options={KINDS.map(id => ({ id, name: t.findingKinds[id] }))}
            chosen={kind}
            onChoose={chosen => {
              setKind(chosen);
              setCategory('');
            }}
          />
        </>
      )}
      <Shots shots={shots} onChange={setShots} />
      <CategoryChoice kind={kind} chosen={category} onChoose={setCategory} />
      <PlaceField corrected={corrected} onCorrect={setCorrected} />
      <Field label={t.describe}>
        {attributes => (
          <textarea
            {...attributes}
            rows={2}
            value={description}
            onInput={event => setDescription(event.currentTarget.value)}
          />
        )}
      </Field>
      <Check checked={settled} onCheck={setSettled}>
        {t.settleHere}
      </Check>
      {settled && <OutcomeChoice label={t.settledHow} chosen={outcome} onChoose={setOutcome} />}
      <Button look="primary" class="task__next" disabled={!ready} busy={busy} onClick={() => void send()}>
        {settled ? t.settleHere : t.handOn}
      </Button>
    </section>
  );
}

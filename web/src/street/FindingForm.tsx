import { useEffect, useState } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { Button } from '../shared/parts/Button';
import { Check, Field } from '../shared/parts/Field';
import { session } from '../shared/session';
import { CategoryChoice } from './CategoryChoice';
import { Choice } from './Choice';
import { dutyNow } from './duty_acts';
import { OutcomeChoice } from './EndingForm';
import { changeFinding, clearFinding, findingDraft, followFinding, KINDS } from './finding_draft';
import { PlaceField } from './PlaceField';
import { here, locateOnce } from './place';
import { sayHow } from './QueueView';
import { Shots } from './Shots';
import { keep } from './sender';
import { tab } from './state';
import { ENTRIES } from './tasks_api';
import { streetWords } from './words';

/** Photograph, category, done: the place comes from the phone and can be put right on the map. */
export function FindingForm() {
  const t = streetWords();
  const { shots, kind, entry, category, corrected, description, settled, outcome } = findingDraft.value;
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    void followFinding();
    locateOnce();
  }, []);
  const goesIn = session.value?.grants.some(grant => grant.role === 'grid_worker') ?? false;
  const fix = here.value;
  const at = corrected ?? (fix ? [fix.lon, fix.lat] : null);
  const ready = category && at && (!settled || outcome);
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    const patrol = dutyNow()?.patrol;
    // Counted by `entered`; said in words as well, for whoever reads the case.
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
        ...(goesIn ? { entered: entry } : {}),
      },
      shots,
    });
    setBusy(false);
    sayHow(came);
    // What could neither be kept nor sent stays in the form.
    if (came === 'full') return;
    clearFinding();
    tab.value = came !== 'sent' ? 'queue' : patrol ? 'patrol' : 'tasks';
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
            onChoose={chosen => changeFinding({ entry: chosen })}
          />
          <Choice
            label={t.kind}
            options={KINDS.map(id => ({ id, name: t.findingKinds[id] }))}
            chosen={kind}
            onChoose={chosen => changeFinding({ kind: chosen, category: '' })}
          />
        </>
      )}
      <Shots shots={shots} onChange={changed => changeFinding({ shots: changed })} />
      <CategoryChoice
        kind={kind}
        chosen={category}
        onChoose={chosen => changeFinding({ category: chosen })}
      />
      <PlaceField corrected={corrected} onCorrect={at => changeFinding({ corrected: at })} />
      <Field label={t.describe}>
        {attributes => (
          <textarea
            {...attributes}
            rows={2}
            value={description}
            onInput={event => changeFinding({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      <Check checked={settled} onCheck={checked => changeFinding({ settled: checked })}>
        {t.settleHere}
      </Check>
      {settled && (
        <OutcomeChoice
          label={t.settledHow}
          chosen={outcome}
          onChoose={chosen => changeFinding({ outcome: chosen })}
        />
      )}
      <footer class="task__foot">
        <Button look="primary" class="task__next" disabled={!ready} busy={busy} onClick={() => void send()}>
          {settled ? t.settleHere : t.handOn}
        </Button>
      </footer>
    </section>
  );
}

import { useState } from 'preact/hooks';
import { policyName, theClassification } from '../shared/classification';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Field } from '../shared/parts/Field';
import { answerIn } from '../shared/question';
import { sharedWords } from '../shared/words';
import { thumbnail } from './keep_photographs';
import type { Shot } from './outbox';
import { sayHow } from './QueueView';
import { Shots } from './Shots';
import { keep } from './sender';
import { openTask, type TaskWithCase } from './state';
import { streetWords } from './words';

export type Outcome = 'persuaded' | 'enforced' | 'rectified' | 'passed_on';
const ALL: readonly Outcome[] = ['persuaded', 'enforced', 'rectified', 'passed_on'];

/** How a task ended, with what shows it. */
export function EndingForm({ one, onClose }: { one: TaskWithCase; onClose: () => void }) {
  const t = streetWords();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [reason, setReason] = useState('');
  const [shots, setShots] = useState<Shot[]>([]);
  const [busy, setBusy] = useState(false);
  const kind = answerIn(theClassification.asked.value)?.kinds.find(each => each.id === one.case.kind);
  const allowed = ALL.filter(each => !kind || kind.outcomes.includes(each));
  const send = async () => {
    if (!outcome) return;
    setBusy(true);
    const came = await keep({
      kind: 'step',
      label: `${t.outcomes[outcome]} · ${policyName('category', one.case.category)}`,
      path: `/tasks/${one.task.id}/resolve`,
      body: { phone_at: new Date().toISOString(), outcome, reason: reason.trim() },
      shots,
    });
    setBusy(false);
    sayHow(came);
    if (came === 'full') return;
    openTask.value = null;
    onClose();
  };
  return (
    <Dialog
      title={t.howEnded}
      onClose={onClose}
      acts={
        <>
          <Button look="primary" disabled={!outcome} busy={busy} onClick={() => void send()}>
            {t.send}
          </Button>
          <Button onClick={onClose}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <OutcomeChoice label={t.howEnded} allowed={allowed} chosen={outcome} onChoose={setOutcome} />
      {one.case.photographs.length > 0 && (
        <section class="before" aria-label={t.before}>
          <h3>{t.before}</h3>
          <div class="shots">
            {one.case.photographs.map((name, place) => (
              <img key={name} alt={`${t.before} ${place + 1}`} src={thumbnail(name)} />
            ))}
          </div>
        </section>
      )}
      <h3>{t.after}</h3>
      <Shots shots={shots} onChange={setShots} />
      <Field label={t.notes} hint={t.notesHint}>
        {attributes => (
          <textarea
            {...attributes}
            rows={2}
            value={reason}
            onInput={event => setReason(event.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}

interface OutcomeChoiceProps {
  label: string;
  allowed?: readonly Outcome[];
  chosen: Outcome | null;
  onChoose: (outcome: Outcome) => void;
}

export function OutcomeChoice({ label, allowed = ALL, chosen, onChoose }: OutcomeChoiceProps) {
  const t = streetWords();
  return (
    <fieldset class="tiles tiles--outcomes">
      <legend>{label}</legend>
      {allowed.map(each => (
        <label key={each} class={`tile${chosen === each ? ' tile--chosen' : ''}`}>
          <input type="radio" name="outcome" checked={chosen === each} onChange={() => onChoose(each)} />
          {t.outcomes[each]}
        </label>
      ))}
    </fieldset>
  );
}

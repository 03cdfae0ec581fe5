import { useState } from 'preact/hooks';
import { theClassification } from '../shared/classification';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Field } from '../shared/parts/Field';
import { answerIn } from '../shared/question';
import { sharedWords } from '../shared/words';
import type { TaskWithCase } from './state';
import { keepAndSay } from './TaskView';
import { streetWords } from './words';

/** Call departments to the case: those of the subdistrict's own list, or one that is named. */
export function WhistleForm({ one, onClose }: { one: TaskWithCase; onClose: () => void }) {
  const t = streetWords();
  const [department, setDepartment] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const departments = answerIn(theClassification.asked.value)?.departments ?? [];
  const send = async () => {
    setBusy(true);
    const body = { departments: department ? [department] : [], reason: reason.trim() };
    if (await keepAndSay(one, `/cases/${one.case.id}/whistle`, t.whistle, body)) onClose();
    setBusy(false);
  };
  return (
    <Dialog
      title={t.whistle}
      onClose={onClose}
      acts={
        <>
          <Button look="primary" disabled={!reason.trim()} busy={busy} onClick={() => void send()}>
            {t.send}
          </Button>
          <Button onClick={onClose}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <Field label={t.whistleWhom}>
        {attributes => (
          <select
            {...attributes}
            value={department}
            onChange={event => setDepartment(event.currentTarget.value)}
          >
            <option value="">{t.whistleListed}</option>
            {departments.map(each => (
              <option key={each.id} value={each.id}>
                {nameOf(each)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t.whistleWhy}>
        {attributes => (
          <textarea
            {...attributes}
            rows={3}
            value={reason}
            onInput={event => setReason(event.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}

import { useState } from 'preact/hooks';
import { Problem } from '../shared/api';
import { actOnCase, type CaseItem } from '../shared/case_api';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Field } from '../shared/parts/Field';
import { say } from '../shared/parts/Toast';
import type { Member } from '../shared/territory_api';
import { postName, sharedWords } from '../shared/words';
import { streetWords } from './words';

interface ReassignFormProps {
  one: CaseItem;
  members: readonly Member[];
  onClose: (done: boolean) => void;
}

/** Hand a case from one member to another; refused in words where he may not have it. */
export function ReassignForm({ one, members, onClose }: ReassignFormProps) {
  const t = streetWords();
  const [responder, setResponder] = useState('');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const others = members.filter(member => member.on_shift && member.id !== one.holder);
  const send = async () => {
    setBusy(true);
    try {
      await actOnCase(one.id, 'reassign', { responder, reason: reason.trim() });
      say(t.reassigned);
      onClose(true);
    } catch (error) {
      setProblem(error instanceof Problem ? error.detail || error.title : String(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t.reassign}
      onClose={() => onClose(false)}
      acts={
        <>
          <Button
            look="primary"
            disabled={!responder || !reason.trim()}
            busy={busy}
            onClick={() => void send()}
          >
            {t.reassign}
          </Button>
          <Button onClick={() => onClose(false)}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <Field label={t.reassignTo} error={problem || undefined}>
        {attributes => (
          <select
            {...attributes}
            value={responder}
            onChange={event => setResponder(event.currentTarget.value)}
          >
            <option value="" />
            {others.map(member => (
              <option key={member.id} value={member.id}>
                {nameOf(member)} · {postName(member.post)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t.reassignWhy}>
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

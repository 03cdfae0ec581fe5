import { useState } from 'preact/hooks';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Field } from '../shared/parts/Field';
import { sharedWords } from '../shared/words';
import { streetWords } from './words';

interface ReasonFormProps {
  title: string;
  onSend: (reason: string) => void;
  onClose: () => void;
}

/** A question that wants one sentence. */
export function ReasonForm({ title, onSend, onClose }: ReasonFormProps) {
  const t = streetWords();
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={title}
      onClose={onClose}
      acts={
        <>
          <Button look="primary" disabled={!reason.trim()} onClick={() => onSend(reason.trim())}>
            {t.send}
          </Button>
          <Button onClick={onClose}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <Field label={t.reason}>
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

import { useState } from 'preact/hooks';
import { Button, IconButton } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Field } from '../shared/parts/Field';
import { may } from '../shared/session';
import { sharedWords } from '../shared/words';
import { ACT_NAMES, type ActName, DESK_ACTS, performOnSelected } from './case_acts';
import { selected } from './state';
import { wallWords } from './words';

/** One act on all that is selected. */
export function SelectionBar() {
  const t = wallWords();
  const [act, setAct] = useState<ActName | null>(null);
  const acts = ACT_NAMES.filter(name => DESK_ACTS[name].bulk && may(DESK_ACTS[name].permission));
  return (
    <div class="selection">
      <strong>{t.selectedCount(selected.value.size)}</strong>
      <select
        class="input"
        aria-label={t.moreActs}
        value=""
        onChange={event => setAct(event.currentTarget.value as ActName)}
      >
        <option value="">{t.moreActs}</option>
        {acts.map(name => (
          <option key={name} value={name}>
            {t.acts[name]}
          </option>
        ))}
      </select>
      <IconButton
        icon="close"
        label={t.clearSelection}
        onClick={() => {
          selected.value = new Set();
        }}
      />
      {act && <BulkForm act={act} onDone={() => setAct(null)} />}
    </div>
  );
}

function BulkForm({ act, onDone }: { act: ActName; onDone: () => void }) {
  const t = wallWords();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const needsReason = DESK_ACTS[act].needs !== 'nothing';
  return (
    <Dialog
      title={`${t.acts[act]} · ${t.selectedCount(selected.value.size)}`}
      onClose={onDone}
      acts={
        <>
          <Button
            look="primary"
            shortcut="Ctrl ↵"
            busy={busy}
            disabled={needsReason && !reason.trim()}
            onClick={() => {
              setBusy(true);
              void performOnSelected(act, reason.trim()).finally(onDone);
            }}
          >
            {t.acts[act]}
          </Button>
          <Button onClick={onDone}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <Field label={t.reason} hint={t.reasonHint}>
        {attributes => (
          <textarea {...attributes} value={reason} onInput={event => setReason(event.currentTarget.value)} />
        )}
      </Field>
    </Dialog>
  );
}

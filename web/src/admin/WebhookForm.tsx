import { useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { theClassification } from '../shared/classification';
import { Check, Field } from '../shared/parts/Field';
import { answerIn } from '../shared/question';
import { session } from '../shared/session';
import { caseStateName, sharedWords } from '../shared/words';
import { SavingDialog } from './SavingDialog';
import { webhookWords } from './webhook_words';
import { kindIn, type Source } from './webhooks_api';
import { adminWords } from './words';

interface WebhookFormProps {
  onClose: () => void;
  /** It is kept; its secret is known this once. */
  onAdded: (secret: string) => void;
}

/** Whom to tell, and of what. */
export function WebhookForm({ onClose, onAdded }: WebhookFormProps) {
  const t = webhookWords();
  const a = adminWords();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [area, setArea] = useState(session.value?.district ?? '');
  const [source, setSource] = useState<Source>('cases');
  const [kinds, setKinds] = useState<string[]>([]);
  const [states, setStates] = useState<string[]>([]);
  const allKinds =
    source === 'notices'
      ? Object.keys(t.notices)
      : (answerIn(theClassification.asked.value)?.kinds ?? []).map(one => one.id);
  const save = async () => {
    const body = { name: name.trim(), url: url.trim(), area: area.trim(), source, kinds, states };
    onAdded((await ask<{ secret: string }>('/webhooks', { method: 'POST', body })).secret);
  };
  return (
    <SavingDialog
      title={t.add}
      ready={name.trim() !== '' && url.trim() !== ''}
      onSave={save}
      onClose={onClose}
    >
      <Text label={a.called} value={name} onType={setName} />
      <Text label={t.url} hint={t.urlHint} value={url} onType={setUrl} />
      <Text label={a.areaCode} hint={a.areaCodeHint} value={area} onType={setArea} />
      <Field label={t.source}>
        {attributes => (
          <select
            {...attributes}
            value={source}
            onChange={event => {
              setSource(event.currentTarget.value as Source);
              setKinds([]);
              setStates([]);
            }}
          >
            <option value="cases">{t.sources.cases}</option>
            <option value="notices">{t.sources.notices}</option>
          </select>
        )}
      </Field>
      <Several
        label={t.kinds}
        of={allKinds}
        called={kind => kindIn(source, kind)}
        chosen={kinds}
        onChoose={setKinds}
      />
      {source === 'cases' && (
        <Several
          label={t.states}
          of={Object.keys(sharedWords().caseStates)}
          called={caseStateName}
          chosen={states}
          onChoose={setStates}
        />
      )}
    </SavingDialog>
  );
}

interface TextProps {
  label: string;
  hint?: string;
  value: string;
  onType: (value: string) => void;
}

function Text({ label, hint, value, onType }: TextProps) {
  return (
    <Field label={label} hint={hint}>
      {attributes => (
        <input
          {...attributes}
          autocomplete="off"
          value={value}
          onInput={event => onType(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface SeveralProps {
  label: string;
  of: readonly string[];
  called: (id: string) => string;
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
}

/** Any number of these. */
function Several({ label, of, called, chosen, onChoose }: SeveralProps) {
  return (
    <fieldset class="admin__finder">
      <legend>{label}</legend>
      <div class="admin__several">
        {of.map(id => (
          <Check
            key={id}
            checked={chosen.includes(id)}
            onCheck={yes => onChoose(yes ? [...chosen, id] : chosen.filter(one => one !== id))}
          >
            {called(id)}
          </Check>
        ))}
      </div>
      <p class="field__hint">{webhookWords().all}</p>
    </fieldset>
  );
}

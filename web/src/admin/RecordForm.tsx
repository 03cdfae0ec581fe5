import { useState } from 'preact/hooks';
import { nameOf } from '../shared/language';
import { Check, Field } from '../shared/parts/Field';
import { SearchBox } from '../shared/parts/SearchBox';
import { searchPlaces } from '../shared/territory_api';
import { postName } from '../shared/words';
import { findPeople } from './find_people';
import type { RecordField, Values } from './record_form';
import { SavingDialog } from './SavingDialog';
import { adminWords } from './words';

interface RecordFormProps {
  title: string;
  fields: readonly RecordField[];
  values: Values;
  /** Saves; what it throws is shown, and what was typed stays. */
  onSave: (values: Values) => Promise<void>;
  onClose: () => void;
}

/** Adds or changes one thing. */
export function RecordForm({ title, fields, values, onSave, onClose }: RecordFormProps) {
  const [now, setNow] = useState<Values>(values);
  const missing = fields.filter(field => field.required && !String(now[field.id] ?? '').trim());
  return (
    <SavingDialog
      title={title}
      ready={missing.length === 0}
      onSave={async () => {
        await onSave(now);
        onClose();
      }}
      onClose={onClose}
    >
      {fields.map(field => (
        <Control
          key={`${field.id}/${field.kind ?? 'text'}`}
          field={field}
          value={now[field.id] ?? ''}
          onChange={value => setNow({ ...now, [field.id]: value })}
        />
      ))}
    </SavingDialog>
  );
}

interface ControlProps {
  field: RecordField;
  value: string | boolean;
  onChange: (value: string | boolean) => void;
}

function Control({ field, value, onChange }: ControlProps) {
  if (field.kind === 'check') {
    return (
      <Check checked={value === true} onCheck={onChange}>
        {field.label}
      </Check>
    );
  }
  const found = FINDERS[field.kind ?? 'text'];
  if (found) return <Finder field={field} value={String(value)} onChange={onChange} find={found} />;
  return (
    <Field label={field.label} hint={field.hint}>
      {attributes =>
        field.kind === 'choice' ? (
          <select
            {...attributes}
            value={String(value)}
            onChange={event => onChange(event.currentTarget.value)}
          >
            {(field.choices ?? []).map(one => (
              <option key={one.id} value={one.id}>
                {one.title}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...attributes}
            type={(INPUTS[field.kind ?? 'text'] ?? 'text') as 'text'}
            required={field.required}
            value={String(value)}
            onInput={event => onChange(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

/** Of the kinds that differ in nothing else; the types of inputs are told apart further than we need. */
const INPUTS: Record<string, string> = { number: 'number', datetime: 'datetime-local' };

interface Findable {
  id: string;
  title: string;
}
type Find = (text: string, signal: AbortSignal) => Promise<Findable[]>;

/** What can be found by its name, and what of it goes into the field. */
const FINDERS: Partial<Record<string, Find>> = {
  person: async (text, signal) =>
    (await findPeople(text, signal)).map(one => ({
      id: one.id,
      title: `${nameOf(one)} · ${postName(one.post)} · ${one.area}`,
    })),
  place: async (text, signal) =>
    (await searchPlaces(text, signal)).map(one => ({
      id: `${one.at[0].toFixed(6)}, ${one.at[1].toFixed(6)}`,
      title: nameOf(one),
    })),
  street: async (text, signal) =>
    (await searchPlaces(text, signal))
      .filter(one => one.kind === 'street')
      .map(one => ({ id: one.id, title: nameOf(one) })),
};

interface FinderProps {
  field: RecordField;
  value: string;
  onChange: (value: string) => void;
  find: Find;
}

function Finder({ field, value, onChange, find }: FinderProps) {
  const t = adminWords();
  const [title, setTitle] = useState('');
  return (
    <fieldset class="admin__finder">
      <legend>{field.label}</legend>
      <SearchBox
        inputId={`find-${field.id}`}
        placeholder={t.findBy[field.kind as keyof typeof t.findBy]}
        find={find}
        keyOf={one => one.id}
        show={one => one.title}
        onChoose={one => {
          setTitle(one.title);
          onChange(one.id);
        }}
        nothingFound={t.nothingCalled}
      />
      {value && (
        <p class="small" role="status">
          {t.chosen(title || value)}
        </p>
      )}
    </fieldset>
  );
}

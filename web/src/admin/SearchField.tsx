import { Field } from '../shared/parts/Field';
import { adminWords } from './words';

interface SearchFieldProps {
  value: string;
  onType: (value: string) => void;
  /** On Enter, or when the field is left. */
  onSearch: () => void;
}

/** By name or account. */
export function SearchField({ value, onType, onSearch }: SearchFieldProps) {
  return (
    <Field label={adminWords().search}>
      {attributes => (
        <input
          {...attributes}
          type="search"
          value={value}
          onInput={event => onType(event.currentTarget.value)}
          onChange={onSearch}
        />
      )}
    </Field>
  );
}

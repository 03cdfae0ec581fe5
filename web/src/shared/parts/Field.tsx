import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import './tabs.css';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** The control, given the attributes that tie it to its label, hint and error. */
  children: (attributes: { id: string; 'aria-invalid'?: 'true'; 'aria-describedby'?: string }) => JSX.Element;
}

/** A control with its label above and its hint or error below. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const below = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(error ? { 'aria-invalid': 'true' as const } : {}),
        ...(below ? { 'aria-describedby': `${id}-below` } : {}),
      })}
      {below && (
        <p
          id={`${id}-below`}
          class={error ? 'field__error' : 'field__hint'}
          role={error ? 'alert' : undefined}
        >
          {below}
        </p>
      )}
    </div>
  );
}

interface CheckProps {
  checked: boolean;
  onCheck: (checked: boolean) => void;
  disabled?: boolean;
  children: ComponentChildren;
}

export function Check({ checked, onCheck, disabled, children }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={event => onCheck(event.currentTarget.checked)}
      />
      {children}
    </label>
  );
}

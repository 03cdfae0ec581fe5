import { Check } from '../shared/parts/Field';
import { answerIn } from '../shared/question';
import { theForm } from './api';
import { change, draft } from './draft';
import { reportWords } from './words';

/** Whom to ring; a must only where nobody could help otherwise. */
export function ContactPart({ needed }: { needed: boolean }) {
  const t = reportWords();
  const form = answerIn(theForm.asked.value);
  const days = form?.contact_days ?? 0;
  const { name, phone, tell } = draft.value;
  return (
    <fieldset class="part">
      <legend>{t.contact}</legend>
      <p class="quiet small">{needed ? t.contactNeeded : t.contactMaybe}</p>
      {days > 0 && <p class="quiet small">{t.contactKept(days)}</p>}
      <div class="part__pair">
        <label class="field">
          <span class="label">{t.name}</span>
          <input
            autocomplete="name"
            maxLength={40}
            required={needed}
            value={name}
            onInput={event => change({ name: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span class="label">{t.phone}</span>
          <input
            type="tel"
            autocomplete="tel"
            maxLength={24}
            required={needed}
            value={phone}
            onInput={event => change({ phone: event.currentTarget.value })}
          />
        </label>
      </div>
      {form?.messages && (
        <Check checked={tell} onCheck={checked => change({ tell: checked })}>
          {t.tell}
        </Check>
      )}
    </fieldset>
  );
}

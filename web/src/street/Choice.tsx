interface ChoiceProps<Id extends string> {
  label: string;
  options: readonly { id: Id; name: string }[];
  chosen: Id;
  onChoose: (id: Id) => void;
}

/** One of a few, side by side: large enough for a thumb, a radio group for everybody else. */
export function Choice<Id extends string>({ label, options, chosen, onChoose }: ChoiceProps<Id>) {
  const group = `choice-${label}-${options[0]?.id}`;
  return (
    <fieldset class="choice">
      <legend class="unseen">{label}</legend>
      {options.map(({ id, name }) => (
        <label key={id} class={chosen === id ? 'choice__one choice__one--chosen' : 'choice__one'}>
          <input type="radio" name={group} checked={chosen === id} onChange={() => onChoose(id)} />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

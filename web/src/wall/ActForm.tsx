import { useEffect, useState } from 'preact/hooks';
import type { Body } from '../shared/api';
import { type CaseItem, fetchDuplicates } from '../shared/case_api';
import { policyName, theClassification } from '../shared/classification';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Check, Field } from '../shared/parts/Field';
import { Skeleton } from '../shared/parts/States';
import { answerIn } from '../shared/question';
import { sharedWords } from '../shared/words';
import { type ActName, asking, perform, underWay } from './case_acts';
import { DuplicateChoice } from './DuplicateChoice';
import { wallWords } from './words';

/** Acts that nobody has to explain. */
const REASON_OPTIONAL: ReadonlySet<ActName> = new Set(['whistle', 'merge', 'reclassify']);

/** What an act must be told before it is done; what was typed stays when the server refuses. */
export function ActForm() {
  const open = asking.value;
  return open ? <OpenForm key={`${open.act} ${open.one.id}`} act={open.act} one={open.one} /> : null;
}

function OpenForm({ act, one }: { act: ActName; one: CaseItem }) {
  const t = wallWords();
  const [reason, setReason] = useState('');
  const [more, setMore] = useState<Record<string, unknown>>({});
  const close = () => {
    asking.value = null;
  };
  const missing =
    (!REASON_OPTIONAL.has(act) && !reason.trim()) ||
    (act === 'merge' && !more.into) ||
    (act === 'reclassify' && !more.category) ||
    (act === 'extend' && !(Number(more.more) > 0));
  const body: Body = { reason: reason.trim(), ...more };
  const send = () => {
    if (!missing) void perform(act, one, body).then(done => done && close());
  };
  return (
    <Dialog
      title={t.actOn(t.acts[act], one.number)}
      onClose={close}
      acts={
        <>
          <Button
            look="primary"
            shortcut="Ctrl ↵"
            disabled={missing}
            busy={underWay.value.has(one.id)}
            onClick={send}
          >
            {t.acts[act]}
          </Button>
          <Button onClick={close}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <form
        class="act-form"
        onSubmit={event => {
          event.preventDefault();
          send();
        }}
      >
        <p class="quiet">{policyName('category', one.category)}</p>
        {act === 'whistle' && <Departments onChoose={departments => setMore({ departments })} />}
        {act === 'reclassify' && <Categories onChoose={category => setMore({ category })} />}
        {act === 'merge' && <Duplicates one={one} onChoose={into => setMore({ into })} />}
        {act === 'extend' && (
          <Field label={t.moreTime}>
            {attributes => (
              <input
                {...attributes}
                type="number"
                min="0.5"
                max="400"
                step="0.5"
                onInput={event => setMore({ more: event.currentTarget.valueAsNumber })}
              />
            )}
          </Field>
        )}
        <Field label={t.reason} hint={t.reasonHint}>
          {attributes => (
            <textarea
              {...attributes}
              value={reason}
              onInput={event => setReason(event.currentTarget.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

function Departments({ onChoose }: { onChoose: (ids: string[]) => void }) {
  const t = wallWords();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const departments = answerIn(theClassification.asked.value)?.departments ?? [];
  return (
    <fieldset class="choices">
      <legend>
        {t.chooseDepartments} <span class="quiet small">{t.chooseDepartmentsHint}</span>
      </legend>
      {departments.map(department => (
        <Check
          key={department.id}
          checked={chosen.includes(department.id)}
          onCheck={on => {
            const next = on ? [...chosen, department.id] : chosen.filter(id => id !== department.id);
            setChosen(next);
            onChoose(next);
          }}
        >
          {nameOf(department)}
        </Check>
      ))}
    </fieldset>
  );
}

function Categories({ onChoose }: { onChoose: (id: string) => void }) {
  const t = wallWords();
  const categories = answerIn(theClassification.asked.value)?.categories ?? [];
  return (
    <Field label={t.chooseCategory}>
      {attributes => (
        <select {...attributes} onChange={event => onChoose(event.currentTarget.value)}>
          <option value="" />
          {categories.map(category => (
            <option key={category.id} value={category.id}>
              {category.id} {nameOf(category)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Duplicates({ one, onChoose }: { one: CaseItem; onChoose: (id: string) => void }) {
  const [near, setNear] = useState<CaseItem[] | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    fetchDuplicates(one.id, stop.signal)
      .then(setNear)
      .catch(() => stop.signal.aborted || setNear([]));
    return () => stop.abort();
  }, [one.id]);
  if (near === null) return <Skeleton lines={3} />;
  return <DuplicateChoice one={one} near={near} onChoose={onChoose} />;
}

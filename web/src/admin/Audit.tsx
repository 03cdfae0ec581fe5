import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { policyName } from '../shared/classification';
import { dateAndTime, number } from '../shared/formats';
import { Field } from '../shared/parts/Field';
import { Shown } from '../shared/parts/States';
import { question } from '../shared/question';
import { GrowingTable } from './GrowingTable';
import { growingList } from './pages';
import { adminWords } from './words';

interface AuditEntry {
  id: string;
  at: string;
  name: string;
  act: string;
  about: string;
  area: string;
  sealed: boolean;
}

const audit = growingList<AuditEntry>('/audit');
const theAuditState = question<{ whole: boolean; fault: string | null; entries: number }>((_, stop) =>
  ask('/audit/check', { signal: stop }),
);

/** Who did what, and who looked at what; and whether anybody has tampered with the record. */
export function Audit() {
  const t = adminWords();
  const [act, setAct] = useState('');
  useEffect(() => void theAuditState.put(), []);
  useEffect(() => void audit.begin({ act: act || undefined }), [act]);
  return (
    <>
      <Shown asked={theAuditState.asked.value} skeletonLines={1}>
        {state => (
          <p class={state.whole ? 'quiet' : 'notice'}>
            {state.whole ? t.whole(number(state.entries)) : t.broken(state.fault ?? '')}
          </p>
        )}
      </Shown>
      <Field label={t.show}>
        {attributes => (
          <select {...attributes} value={act} onChange={event => setAct(event.currentTarget.value)}>
            {Object.entries(t.acts).map(([id, title]) => (
              <option key={id} value={id === 'all' ? '' : id}>
                {title}
              </option>
            ))}
          </select>
        )}
      </Field>
      <GrowingTable
        name="audit"
        caption={t.tabs.audit}
        list={audit}
        keyOf={one => one.id}
        columns={[
          { id: 'at', title: t.at, value: one => one.at, show: one => dateAndTime(one.at) },
          { id: 'name', title: t.by, value: one => one.name },
          { id: 'act', title: t.act, value: one => one.act },
          { id: 'about', title: t.about, value: one => policyName('department', one.about) },
          { id: 'area', title: t.area, value: one => one.area },
          { id: 'sealed', title: t.sealed, value: one => (one.sealed ? t.yes : t.no) },
        ]}
      />
    </>
  );
}

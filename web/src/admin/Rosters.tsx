import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { clock, dateAndTime } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { Field } from '../shared/parts/Field';
import { may } from '../shared/session';
import { postName } from '../shared/words';
import { attempt } from './attempt';
import { GrowingTable } from './GrowingTable';
import { growingList } from './pages';
import { RecordForm } from './RecordForm';
import { momentIn, momentShown } from './record_form';
import { adminWords } from './words';

interface Duty {
  id: string;
  person: string;
  name: string;
  post: string;
  area: string;
  starts_at: string;
  ends_at: string;
  emergency: boolean;
}

const duties = growingList<Duty>('/rosters');
const DAY_MS = 86_400_000;
const SHIFT_MS = 8 * 3_600_000;

/** Who is to work on a day. */
export function Rosters() {
  const t = adminWords();
  const [day, setDay] = useState(momentShown(new Date()).slice(0, 10));
  const [adding, setAdding] = useState(false);
  const again = () => {
    const since = new Date(`${day}T00:00`);
    if (Number.isNaN(since.getTime())) return Promise.resolve();
    const until = new Date(since.getTime() + DAY_MS);
    return duties.begin({ since: since.toISOString(), until: until.toISOString() });
  };
  useEffect(() => void again(), [day]);
  const keeps = may('manage_rosters');
  return (
    <>
      <div class="admin__acts">
        <Field label={t.day}>
          {attributes => (
            <input
              {...attributes}
              type="date"
              value={day}
              onChange={event => setDay(event.currentTarget.value)}
            />
          )}
        </Field>
        {keeps && (
          <Button icon="plus" onClick={() => setAdding(true)}>
            {t.addDuty}
          </Button>
        )}
      </div>
      <GrowingTable
        name="rosters"
        caption={t.tabs.rosters}
        list={duties}
        keyOf={one => one.id}
        columns={[
          { id: 'name', title: t.name, value: one => one.name },
          { id: 'post', title: t.post, value: one => postName(one.post) },
          { id: 'area', title: t.area, value: one => one.area },
          {
            id: 'from',
            title: t.from,
            value: one => one.starts_at,
            show: one => dateAndTime(one.starts_at),
          },
          { id: 'ends', title: t.ends, value: one => one.ends_at, show: one => clock(one.ends_at) },
          { id: 'emergency', title: t.emergency, value: one => (one.emergency ? t.yes : t.no) },
          ...(keeps
            ? [
                {
                  id: 'remove',
                  title: t.remove,
                  value: () => '',
                  show: (one: Duty) => (
                    <Button
                      look="quiet"
                      icon="delete"
                      aria-label={`${t.remove} ${one.name}`}
                      onClick={() =>
                        void attempt(async () => {
                          await ask(`/rosters/${one.id}`, { method: 'DELETE' });
                          await again();
                        })
                      }
                    >
                      {t.remove}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {adding && (
        <RecordForm
          title={t.addDuty}
          fields={[
            { id: 'person', label: t.name, kind: 'person', required: true },
            { id: 'starts_at', label: t.from, kind: 'datetime', required: true },
            { id: 'ends_at', label: t.ends, kind: 'datetime', required: true },
            { id: 'emergency', label: t.emergency, kind: 'check' },
          ]}
          values={{
            starts_at: `${day}T08:00`,
            ends_at: momentShown(new Date(new Date(`${day}T08:00`).getTime() + SHIFT_MS)),
            emergency: false,
          }}
          onClose={() => setAdding(false)}
          onSave={async values => {
            await ask('/rosters', {
              method: 'POST',
              body: {
                person: values.person,
                starts_at: momentIn(values.starts_at),
                ends_at: momentIn(values.ends_at),
                emergency: values.emergency === true,
              },
            });
            await again();
          }}
        />
      )}
    </>
  );
}

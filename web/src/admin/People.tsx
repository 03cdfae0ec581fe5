import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { policyName, theClassification } from '../shared/classification';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { answerIn } from '../shared/question';
import { may, session } from '../shared/session';
import { postName } from '../shared/words';
import { attempt } from './attempt';
import { GrowingTable } from './GrowingTable';
import { growingList } from './pages';
import { RecordForm } from './RecordForm';
import { numberIn, type RecordField, type Values } from './record_form';
import { SearchField } from './SearchField';
import { adminWords } from './words';

interface Person {
  id: string;
  name: string;
  name_en: string;
  post: string;
  phone: string | null;
  area: string;
  street: string | null;
  department: string | null;
  capacity: number;
  load: number;
  active: boolean;
  on_shift: boolean;
}

const people = growingList<Person>('/people');
const OWN_POSTS = ['operator', 'street_chief', 'supervisor', 'department_contact'];

/** Who works here: found, added, changed, taken out of dispatch. */
export function People() {
  const t = adminWords();
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<Person | 'new' | null>(null);
  const again = () => people.begin({ q: search.trim() || undefined });
  useEffect(() => void people.begin(), []);
  const keeps = may('manage_people');
  return (
    <>
      <div class="admin__acts">
        <SearchField value={search} onType={setSearch} onSearch={() => void again()} />
        {keeps && (
          <Button icon="plus" onClick={() => setEditing('new')}>
            {t.addPerson}
          </Button>
        )}
      </div>
      <GrowingTable
        name="people"
        caption={t.tabs.people}
        list={people}
        keyOf={one => one.id}
        columns={[
          { id: 'name', title: t.name, value: one => nameOf(one) },
          { id: 'post', title: t.post, value: one => postName(one.post) },
          {
            id: 'area',
            title: t.area,
            value: one => (one.department ? policyName('department', one.department) : one.area),
          },
          { id: 'phone', title: t.phone, value: one => one.phone ?? '' },
          {
            id: 'load',
            title: t.load,
            value: one => one.load,
            show: one => t.ofCapacity(one.load, one.capacity),
          },
          { id: 'shift', title: t.onShift, value: one => (one.on_shift ? t.yes : t.no) },
          { id: 'active', title: t.active, value: one => (one.active ? t.yes : t.no) },
          ...(keeps
            ? [
                {
                  id: 'edit',
                  title: t.change,
                  value: () => '',
                  show: (one: Person) => (
                    <span class="admin__row-acts">
                      <Button look="quiet" icon="edit" onClick={() => setEditing(one)}>
                        {t.change}
                      </Button>
                      <Button
                        look="quiet"
                        onClick={() =>
                          void attempt(async () => {
                            await ask(`/people/${one.id}`, {
                              method: 'PATCH',
                              body: { active: !one.active },
                            });
                            await again();
                          })
                        }
                      >
                        {one.active ? t.takeOut : t.takeIn}
                      </Button>
                    </span>
                  ),
                },
              ]
            : []),
        ]}
      />
      {editing && <PersonForm person={editing} onClose={() => setEditing(null)} onSaved={again} />}
    </>
  );
}

interface PersonFormProps {
  person: Person | 'new';
  onClose: () => void;
  onSaved: () => Promise<void>;
}

function PersonForm({ person, onClose, onSaved }: PersonFormProps) {
  const t = adminWords();
  const policy = answerIn(theClassification.asked.value);
  const posts = [...new Set([...(policy?.posts ?? []).map(one => one.id), ...OWN_POSTS])];
  const departments = policy?.departments ?? [];
  const fields: RecordField[] = [
    { id: 'name', label: t.name, required: true },
    { id: 'name_en', label: t.nameEn },
    {
      id: 'post',
      label: t.post,
      kind: 'choice',
      choices: posts.map(id => ({ id, title: postName(id) })),
    },
    { id: 'phone', label: t.phone },
    { id: 'area', label: t.areaCode, hint: t.areaCodeHint, required: true },
    { id: 'street', label: t.street, kind: 'street' },
    {
      id: 'department',
      label: t.department,
      kind: 'choice',
      choices: [{ id: '', title: t.none }, ...departments.map(one => ({ id: one.id, title: nameOf(one) }))],
    },
    { id: 'capacity', label: t.capacity, kind: 'number', required: true },
  ];
  const before: Values =
    person === 'new'
      ? { post: posts[0] ?? '', area: session.value?.district ?? '', capacity: '3' }
      : {
          name: person.name,
          name_en: person.name_en,
          post: person.post,
          phone: person.phone ?? '',
          area: person.area,
          street: person.street ?? '',
          department: person.department ?? '',
          capacity: String(person.capacity),
        };
  return (
    <RecordForm
      title={person === 'new' ? t.addPerson : nameOf(person)}
      fields={fields}
      values={before}
      onClose={onClose}
      onSave={async values => {
        const body = {
          name: String(values.name ?? '').trim(),
          name_en: String(values.name_en ?? '').trim(),
          post: values.post,
          phone: String(values.phone ?? '').trim(),
          area: String(values.area ?? '').trim(),
          street: values.street || null,
          department: values.department || null,
          capacity: numberIn(values.capacity) ?? 0,
        };
        if (person === 'new') await ask('/people', { method: 'POST', body });
        else await ask(`/people/${person.id}`, { method: 'PATCH', body });
        await onSaved();
      }}
    />
  );
}

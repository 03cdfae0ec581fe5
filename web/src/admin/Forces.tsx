import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../shared/api';
import { nameOf } from '../shared/language';
import { Button, IconButton } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { SearchBox } from '../shared/parts/SearchBox';
import { ErrorState, Skeleton } from '../shared/parts/States';
import { may } from '../shared/session';
import { fetchStreet, type Member, type StreetDetail } from '../shared/territory_api';
import { postName, sharedWords } from '../shared/words';
import { attempt } from './attempt';
import { findPeople, type PersonFound } from './find_people';
import { GrowingTable } from './GrowingTable';
import { growingList } from './pages';
import { adminWords } from './words';

interface Force {
  id: string;
  street: string;
  name: string;
  name_en: string;
  chief: string | null;
  chief_name: string | null;
  members: string[];
}

const forces = growingList<Force>('/task-forces');

/** Each street's task force: its chief and its members. */
export function Forces() {
  const t = adminWords();
  const [editing, setEditing] = useState<Force | null>(null);
  useEffect(() => void forces.begin(), []);
  return (
    <>
      <GrowingTable
        name="task-forces"
        caption={t.tabs.forces}
        list={forces}
        keyOf={one => one.id}
        columns={[
          { id: 'name', title: t.called, value: one => nameOf(one) },
          { id: 'street', title: t.street, value: one => one.street },
          { id: 'chief', title: t.chief, value: one => one.chief_name ?? '' },
          { id: 'members', title: t.members, value: one => one.members.length },
          ...(may('manage_rosters')
            ? [
                {
                  id: 'edit',
                  title: t.change,
                  value: () => '',
                  show: (one: Force) => (
                    <Button look="quiet" icon="edit" onClick={() => setEditing(one)}>
                      {t.change}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {editing && <ForceForm force={editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function ForceForm({ force, onClose }: { force: Force; onClose: () => void }) {
  const t = adminWords();
  const [street, setStreet] = useState<StreetDetail | null>(null);
  const [failed, setFailed] = useState(false);
  const [people, setPeople] = useState<Pick<Member, 'id' | 'name' | 'name_en' | 'post'>[]>([]);
  const [chief, setChief] = useState(force.chief);
  useEffect(() => {
    const stop = new AbortController();
    fetchStreet(force.street, stop.signal)
      .then(found => {
        setStreet(found);
        setPeople(found.members);
      })
      .catch(() => setFailed(true));
    return () => stop.abort();
  }, [force.street]);
  const save = () =>
    attempt(async () => {
      const members = people.map(one => one.id).filter(id => id !== chief);
      await ask(`/task-forces/${force.id}`, { method: 'PUT', body: { chief, members } });
      onClose();
      await forces.begin();
    });
  const add = (one: PersonFound) => {
    if (!people.some(other => other.id === one.id)) setPeople([...people, one]);
  };
  return (
    <Dialog
      title={nameOf(force)}
      onClose={onClose}
      acts={
        <>
          <Button look="primary" disabled={!street} onClick={() => void save()}>
            {t.keep}
          </Button>
          <Button onClick={onClose}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <div class="admin__form">
        {!street && !failed && <Skeleton lines={4} />}
        {failed && <ErrorState problem={new Problem(-1, {})} />}
        {street && (
          <>
            <ul class="admin__members">
              {people.map(one => (
                <li key={one.id}>
                  <label>
                    <input
                      type="radio"
                      name="chief"
                      checked={one.id === chief}
                      onChange={() => setChief(one.id)}
                    />
                    {`${nameOf(one)} · ${postName(one.post)}`}
                    {one.id === chief && <span class="tag">{t.chief}</span>}
                  </label>
                  <IconButton
                    icon="close"
                    label={`${t.remove} ${nameOf(one)}`}
                    onClick={() => {
                      setPeople(people.filter(other => other.id !== one.id));
                      if (chief === one.id) setChief(null);
                    }}
                  />
                </li>
              ))}
            </ul>
            <SearchBox
              inputId="force-add"
              placeholder={t.addMember}
              find={findPeople}
              keyOf={one => one.id}
              show={one => `${nameOf(one)} · ${postName(one.post)} · ${one.area}`}
              onChoose={add}
              nothingFound={t.nothingCalled}
            />
          </>
        )}
      </div>
    </Dialog>
  );
}

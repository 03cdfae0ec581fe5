import { useEffect } from 'preact/hooks';
import { ask, Problem } from '../shared/api';
import { policyName } from '../shared/classification';
import { dateAndTime, number } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Field } from '../shared/parts/Field';
import { Shown } from '../shared/parts/States';
import { Table } from '../shared/parts/Table';
import { say } from '../shared/parts/Toast';
import { question } from '../shared/question';
import { postName } from '../shared/words';
import { GrowingTable } from './GrowingTable';
import { growingList } from './pages';
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
interface Force {
  id: string;
  street: string;
  name: string;
  name_en: string;
  chief_name: string | null;
  members: unknown[];
}
interface Closure {
  id: string;
  why: string;
  closed_by: string;
  closed_at: string;
  until: string | null;
  lifted_at: string | null;
}
interface Import {
  dataset: string;
  version: number;
  loaded_at: string;
  loaded_by: string;
  source: string;
}
interface AuditEntry {
  id: string;
  at: string;
  name: string;
  act: string;
  about: string;
  area: string;
  sealed: boolean;
}

const people = growingList<Person>('/people');
const forces = growingList<Force>('/task-forces');
const audit = growingList<AuditEntry>('/audit');
const theClosures = question<Closure[]>((_, stop) => ask<Closure[]>('/closures', { signal: stop }));
const theImports = question<Import[]>((_, stop) => ask<Import[]>('/imports', { signal: stop }));
const theAuditState = question<{ whole: boolean; fault: string | null; entries: number }>((_, stop) =>
  ask('/audit/check', { signal: stop }),
);

export function People() {
  const t = adminWords();
  useEffect(() => void people.begin(), []);
  return (
    <>
      <Field label={t.search}>
        {attributes => (
          <input
            {...attributes}
            type="search"
            onChange={event => void people.begin({ q: event.currentTarget.value.trim() || undefined })}
          />
        )}
      </Field>
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
        ]}
      />
    </>
  );
}

export function Forces() {
  const t = adminWords();
  useEffect(() => void forces.begin(), []);
  return (
    <GrowingTable
      name="task-forces"
      caption={t.tabs.forces}
      list={forces}
      keyOf={one => one.id}
      columns={[
        { id: 'name', title: t.name, value: one => nameOf(one) },
        { id: 'street', title: t.street, value: one => one.street },
        { id: 'chief', title: t.chief, value: one => one.chief_name ?? '' },
        { id: 'members', title: t.members, value: one => one.members.length },
      ]}
    />
  );
}

export function Closures() {
  const t = adminWords();
  const again = () => void theClosures.put();
  useEffect(again, []);
  const lift = async (id: string) => {
    try {
      await ask(`/closures/${id}`, { method: 'DELETE' });
    } catch (error) {
      if (error instanceof Problem) say(error.detail || error.title);
    }
    again();
  };
  return (
    <Shown asked={theClosures.asked.value} retry={again}>
      {closures => (
        <Table
          caption={t.tabs.closures}
          rows={closures}
          keyOf={one => one.id}
          columns={[
            { id: 'why', title: t.why, value: one => one.why },
            { id: 'by', title: t.by, value: one => one.closed_by },
            {
              id: 'from',
              title: t.from,
              value: one => one.closed_at,
              show: one => dateAndTime(one.closed_at),
            },
            {
              id: 'until',
              title: t.ends,
              value: one => one.until ?? '',
              show: one => (one.until ? dateAndTime(one.until) : t.noEnd),
            },
            {
              id: 'lift',
              title: t.state,
              value: one => (one.lifted_at ? t.lifted : ''),
              show: one =>
                one.lifted_at ? t.lifted : <Button onClick={() => void lift(one.id)}>{t.lift}</Button>,
            },
          ]}
        />
      )}
    </Shown>
  );
}

export function Imports() {
  const t = adminWords();
  const again = () => void theImports.put();
  useEffect(again, []);
  return (
    <Shown asked={theImports.asked.value} retry={again}>
      {imports => (
        <Table
          caption={t.tabs.imports}
          rows={imports}
          keyOf={one => `${one.dataset}/${one.version}`}
          columns={[
            { id: 'dataset', title: t.dataset, value: one => one.dataset },
            { id: 'version', title: t.version, value: one => one.version },
            { id: 'at', title: t.at, value: one => one.loaded_at, show: one => dateAndTime(one.loaded_at) },
            { id: 'by', title: t.by, value: one => one.loaded_by },
            { id: 'source', title: t.source, value: one => one.source },
          ]}
        />
      )}
    </Shown>
  );
}

export function Audit() {
  const t = adminWords();
  useEffect(() => {
    void audit.begin();
    void theAuditState.put();
  }, []);
  return (
    <>
      <Shown asked={theAuditState.asked.value} skeletonLines={1}>
        {state => (
          <p class={state.whole ? 'quiet' : 'notice'}>
            {state.whole ? t.whole(number(state.entries)) : t.broken(state.fault ?? '')}
          </p>
        )}
      </Shown>
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

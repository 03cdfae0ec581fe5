import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { number } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { may } from '../shared/session';
import type { CentreRow } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { attempt } from './attempt';
import { GrowingTable } from './GrowingTable';
import { growingList } from './pages';
import { RecordForm } from './RecordForm';
import { numberIn, placeIn, type Values } from './record_form';
import { adminWords } from './words';

const centres = growingList<CentreRow>('/centres');

/** Service centres and stations: added, changed, taken off the map. */
export function Centres() {
  const t = adminWords();
  const [editing, setEditing] = useState<CentreRow | 'new' | null>(null);
  const [leaving, setLeaving] = useState<CentreRow | null>(null);
  useEffect(() => void centres.begin(), []);
  const keeps = may('manage_centres');
  return (
    <>
      {keeps && (
        <div class="admin__acts">
          <Button icon="plus" onClick={() => setEditing('new')}>
            {t.addCentre}
          </Button>
        </div>
      )}
      <GrowingTable
        name="centres"
        caption={t.tabs.centres}
        list={centres}
        keyOf={one => one.id}
        columns={[
          { id: 'id', title: t.code, value: one => one.id },
          { id: 'name', title: t.called, value: one => nameOf(one) },
          { id: 'kind', title: t.kind, value: one => kindName(one.kind) },
          {
            id: 'area',
            title: t.floorArea,
            value: one => one.floor_area_m2,
            show: one => number(one.floor_area_m2),
          },
          ...(keeps
            ? [
                {
                  id: 'edit',
                  title: t.change,
                  value: () => '',
                  show: (one: CentreRow) => (
                    <span class="admin__row-acts">
                      <Button look="quiet" icon="edit" onClick={() => setEditing(one)}>
                        {t.change}
                      </Button>
                      <Button look="quiet" icon="delete" onClick={() => setLeaving(one)}>
                        {t.remove}
                      </Button>
                    </span>
                  ),
                },
              ]
            : []),
        ]}
      />
      {editing && <CentreForm centre={editing} onClose={() => setEditing(null)} />}
      {leaving && (
        <Dialog
          title={t.remove}
          onClose={() => setLeaving(null)}
          acts={
            <>
              <Button
                look="danger"
                onClick={() =>
                  void attempt(async () => {
                    await ask(`/centres/${leaving.id}`, { method: 'DELETE' });
                    setLeaving(null);
                    await centres.begin();
                  })
                }
              >
                {t.remove}
              </Button>
              <Button onClick={() => setLeaving(null)}>{sharedWords().cancel}</Button>
            </>
          }
        >
          <p>{t.removeCentreSure(nameOf(leaving))}</p>
        </Dialog>
      )}
    </>
  );
}

function kindName(kind: string): string {
  const kinds: Record<string, string> = adminWords().centreKinds;
  return kinds[kind] ?? kind;
}

function CentreForm({ centre, onClose }: { centre: CentreRow | 'new'; onClose: () => void }) {
  const t = adminWords();
  const isNew = centre === 'new';
  const before: Values = isNew
    ? { kind: 'community_centre', floor_area_m2: '0' }
    : {
        id: centre.id,
        name: centre.name,
        name_en: centre.name_en,
        kind: centre.kind,
        tier: centre.tier,
        floor_area_m2: String(centre.floor_area_m2),
        place: `${centre.at[0]}, ${centre.at[1]}`,
      };
  const kinds = [...new Set([...Object.keys(t.centreKinds), ...(isNew ? [] : [centre.kind])])];
  return (
    <RecordForm
      title={isNew ? t.addCentre : nameOf(centre)}
      fields={[
        ...(isNew ? [{ id: 'id', label: t.code, hint: t.codeHint, required: true }] : []),
        { id: 'name', label: t.called, required: true },
        { id: 'name_en', label: t.nameEn },
        {
          id: 'kind',
          label: t.kind,
          kind: 'choice' as const,
          choices: kinds.map(id => ({ id, title: kindName(id) })),
        },
        { id: 'floor_area_m2', label: t.floorArea, kind: 'number' as const },
        { id: 'place', label: t.placeByName, kind: 'place' as const },
        { id: 'place', label: t.coordinates, hint: t.coordinatesHint, required: true },
      ]}
      values={before}
      onClose={onClose}
      onSave={async values => {
        const id = isNew ? String(values.id ?? '').trim() : centre.id;
        await ask(`/centres/${encodeURIComponent(id)}`, {
          method: 'PUT',
          body: {
            name: String(values.name ?? '').trim(),
            name_en: String(values.name_en ?? '').trim(),
            kind: values.kind,
            tier: String(values.tier ?? ''),
            floor_area_m2: numberIn(values.floor_area_m2) ?? 0,
            ...placeIn(values.place),
          },
        });
        await centres.begin();
      }}
    />
  );
}

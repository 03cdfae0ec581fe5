import { useState } from 'preact/hooks';
import { policyName } from '../shared/classification';
import { area, distance, number } from '../shared/formats';
import { language, nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Field } from '../shared/parts/Field';
import { Card, Facts } from '../shared/parts/Panel';
import { Shown } from '../shared/parts/States';
import { postName, sharedWords } from '../shared/words';
import {
  type ClosurePreview,
  closeDrawn,
  isDrawn,
  type ShapeCount,
  stopDrawing,
  theCount,
  thePreview,
  tool,
} from './draw';
import { wallMapWords } from './map_words';

const TITLES = { line: 'drawLine', area: 'drawArea', count: 'drawCount' } as const;

/** What was drawn, in words: what it would close, or what lies inside. */
export function DrawPanel() {
  const t = wallMapWords();
  if (!isDrawn.value) return null;
  const counts = tool.value === 'count';
  return (
    <div class="draw-panel">
      <Card
        kind={t[TITLES[tool.value ?? 'count']]}
        title={counts ? t.counted : t.closeRoads}
        label={counts ? t.counted : t.closeRoads}
        onClose={stopDrawing}
      >
        {counts ? (
          <Shown asked={theCount.asked.value} retry={() => void theCount.put()} skeletonLines={5}>
            {found => <Counted found={found} />}
          </Shown>
        ) : (
          <Shown asked={thePreview.asked.value} retry={() => void thePreview.put()} skeletonLines={5}>
            {found => <ClosureForm found={found} />}
          </Shown>
        )}
      </Card>
    </div>
  );
}

const MOST_NAMES = 6;
const UNTILS = ['1', '4', '24', '168', ''] as const;

function ClosureForm({ found }: { found: ClosurePreview }) {
  const t = wallMapWords();
  const shared = sharedWords();
  const [why, setWhy] = useState('');
  const [hours, setHours] = useState<string>('4');
  const [busy, setBusy] = useState(false);
  const names = language.value === 'en' ? found.names_en : found.names;
  return (
    <form
      class="act-form"
      onSubmit={event => {
        event.preventDefault();
        setBusy(true);
        void closeDrawn(why.trim(), hours).finally(() => setBusy(false));
      }}
    >
      <p>{t.closePreview(found.edges.length, distance(found.length_m))}</p>
      {names.length > 0 && (
        <p class="quiet small">
          {t.closeNames(names.slice(0, MOST_NAMES).join(' · '))}
          {names.length > MOST_NAMES && ' …'}
        </p>
      )}
      <Field label={t.closeWhy} hint={t.closeWhyHint}>
        {attributes => (
          <input
            {...attributes}
            class="input"
            required
            maxLength={500}
            value={why}
            onInput={event => setWhy(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t.closeUntil}>
        {attributes => (
          <select
            {...attributes}
            class="input"
            value={hours}
            onChange={event => setHours(event.currentTarget.value)}
          >
            {UNTILS.map(one => (
              <option key={one} value={one}>
                {t.untils[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div class="act-form__acts">
        <Button look="danger" type="submit" busy={busy} disabled={!why.trim()}>
          {t.closeNow}
        </Button>
        <Button onClick={stopDrawing}>{shared.cancel}</Button>
      </div>
    </form>
  );
}

function Counted({ found }: { found: ShapeCount }) {
  const t = wallMapWords();
  const people = found.people;
  return (
    <>
      <Facts
        of={[
          [t.countedOpen, number(found.open)],
          [t.countedLate, number(found.late)],
          [t.countedReported, number(found.reported)],
          [t.countedHouseholds, number(found.households)],
          [t.countedBuildings, number(found.buildings)],
          people !== null && [t.countedPeople, people.length ? number(people.length) : t.countedNobody],
          [t.countedArea, area(found.area_m2)],
        ]}
      />
      {people !== null && people.length > 0 && (
        <p class="small">{people.map(one => `${nameOf(one)} · ${postName(one.post)}`).join('; ')}</p>
      )}
      {found.by_category.length > 0 && (
        <>
          <h3>{t.countedTop}</h3>
          <ul class="draw-panel__top">
            {found.by_category.slice(0, MOST_NAMES).map(one => (
              <li key={one.category}>
                <span>{policyName('category', one.category)}</span>
                <span>{number(one.count)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

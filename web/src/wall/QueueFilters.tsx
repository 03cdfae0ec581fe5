import { computed } from '@preact/signals';
import { policyName } from '../shared/classification';
import { nameOf } from '../shared/language';
import { Icon } from '../shared/parts/Icon';
import { answerIn } from '../shared/question';
import { isLoaded } from './feed';
import type { Shown } from './queue_filter';
import {
  cases,
  clearFilter,
  filter,
  isFiltered,
  moment,
  narrow,
  streetName,
  theStreets,
  theSubdistricts,
} from './state';
import { wallWords } from './words';
import '../shared/parts/search.css';

const CHIPS: readonly Shown[] = ['open', 'waiting', 'underway', 'soon', 'late', 'check', 'all'];

/** What the queue is narrowed to; it stands in the address, so that a link shows the same. */
export function QueueFilters() {
  const t = wallWords();
  const now = filter.value;
  const names: Record<Shown, string> = {
    open: t.openCases,
    today: t.kpi.reported,
    filed: t.kpi.filed,
    waiting: t.kpi.waiting,
    underway: t.kpi.underway,
    soon: t.kpi.soon,
    late: t.kpi.late,
    check: t.toCheck,
    settled: t.kpi.closed,
    all: t.allStates,
  };
  return (
    <div class="filters">
      <div class="search">
        <Icon name="search" />
        <input
          id="search"
          type="text"
          autocomplete="off"
          placeholder={t.searchCases}
          aria-label={t.searchCases}
          value={now.words}
          onInput={event => narrow({ words: event.currentTarget.value })}
          onKeyDown={event => {
            if (event.key !== 'Escape' && event.key !== 'Enter') return;
            if (event.key === 'Escape') narrow({ words: '' });
            event.currentTarget.blur();
          }}
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a row of toggles is no fieldset */}
      <div class="chips" role="group" aria-label={t.filters}>
        {CHIPS.map(show => (
          <button key={show} type="button" aria-pressed={now.show === show} onClick={() => narrow({ show })}>
            {names[show]}
          </button>
        ))}
      </div>
      <div class="filters__selects">
        <Choice
          label={t.category}
          all={t.allCategories}
          value={now.category}
          options={named(known.value.category, id => policyName('category', id))}
          onChoose={category => narrow({ category })}
        />
        <Choice
          label={t.street}
          all={t.allStreets}
          value={now.street}
          options={named(known.value.street, taskForceName)}
          onChoose={street => narrow({ street })}
        />
        <Choice
          label={t.area}
          all={t.allAreas}
          value={now.area}
          options={(answerIn(theSubdistricts.asked.value) ?? []).map(area => [area.code, nameOf(area)])}
          onChoose={area => narrow({ area })}
        />
        {isFiltered.value && (
          <button type="button" class="link small" onClick={clearFilter}>
            {t.clearFilters}
          </button>
        )}
      </div>
    </div>
  );
}

/** The values that cases have at all: a list of what can be found, not of all that could be. */
const known = computed(() => {
  void [moment.value, isLoaded.value];
  const found = { category: new Set<string>(), street: new Set<string>() };
  for (const one of cases.all.peek()) {
    found.category.add(one.category);
    if (one.street !== null) found.street.add(one.street);
  }
  return found;
});

const named = (ids: ReadonlySet<string>, nameOfId: (id: string) => string) =>
  [...ids]
    .map((id): [string, string] => [id, nameOfId(id)])
    .sort((one, other) => BY_NAME.compare(one[1], other[1]));

/** A street and who answers for it: one road, one task force. */
function taskForceName(id: string): string {
  const street = (answerIn(theStreets.asked.value) ?? []).find(one => one.id === id);
  return street?.chief ? `${nameOf(street)} · ${nameOf(street.chief)}` : streetName(id);
}

const BY_NAME = new Intl.Collator('zh-CN');

interface ChoiceProps {
  label: string;
  all: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChoose: (value: string) => void;
}

function Choice({ label, all, value, options, onChoose }: ChoiceProps) {
  return (
    <select
      class={`input${value ? ' input--set' : ''}`}
      aria-label={label}
      value={value}
      onChange={event => onChoose(event.currentTarget.value)}
    >
      <option value="">{all}</option>
      {options.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

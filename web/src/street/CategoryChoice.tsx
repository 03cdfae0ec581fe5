import { useState } from 'preact/hooks';
import { type Category, theClassification } from '../shared/classification';
import { nameOf } from '../shared/language';
import { answerIn } from '../shared/question';
import { streetWords } from './words';

const NINE = 'nine_disorders/';
const HAZARDS = 'hazards';
const SHOWN_AT_MOST = 12;

/** The commonest category of each of the nine disorders: what three taps reach; for a hazard check the hazards. */
function shortList(categories: readonly Category[], kind: string): Category[] {
  if (kind === 'hazard_check') {
    return categories.filter(one => one.groups.includes(HAZARDS)).slice(0, SHOWN_AT_MOST);
  }
  const seen = new Map<string, Category>();
  for (const one of categories) {
    const heading = one.groups.find(group => group.startsWith(NINE));
    if (heading && !seen.has(heading)) seen.set(heading, one);
  }
  return [...seen.values()];
}

interface CategoryChoiceProps {
  kind: string;
  chosen: string;
  onChoose: (id: string) => void;
}

/** Tiles for what is common, a search for everything else. */
export function CategoryChoice({ kind, chosen, onChoose }: CategoryChoiceProps) {
  const t = streetWords();
  const [words, setWords] = useState('');
  const categories = answerIn(theClassification.asked.value)?.categories ?? [];
  const asked = words.trim().toLowerCase();
  const near = shortList(categories, kind);
  const other = categories.find(one => one.id === chosen && !near.includes(one));
  const found = asked
    ? categories
        .filter(one => `${one.id} ${one.name} ${one.name_en}`.toLowerCase().includes(asked))
        .slice(0, SHOWN_AT_MOST)
    : other
      ? [...near, other]
      : near;
  return (
    <fieldset class="tiles">
      <legend>{t.category}</legend>
      <input
        type="search"
        class="tiles__search"
        aria-label={t.searchCategory}
        placeholder={t.searchCategory}
        value={words}
        onInput={event => setWords(event.currentTarget.value)}
      />
      {found.length === 0 && (
        <p class="quiet" role="status">
          {t.categoryNone}
        </p>
      )}
      {found.map(one => (
        <label key={one.id} class={`tile${chosen === one.id ? ' tile--chosen' : ''}`}>
          <input
            type="radio"
            name="category"
            checked={chosen === one.id}
            onChange={() => {
              onChoose(one.id);
              setWords('');
            }}
          />
          {nameOf(one)}
        </label>
      ))}
    </fieldset>
  );
}

import { policyName, theClassification } from '../shared/classification';
import { nameOf } from '../shared/language';
import { SearchBox } from '../shared/parts/SearchBox';
import { answerIn } from '../shared/question';
import { type AskedKind, theForm } from './api';
import { change, draft } from './draft';
import { reportWords } from './words';

/** What it is: the usual ones as large marks, all others by typing. */
export function CategoryPart({ kind, label }: { kind: AskedKind; label: string }) {
  const t = reportWords();
  const offered = answerIn(theForm.asked.value)?.kinds.find(one => one.kind === kind);
  const all = answerIn(theClassification.asked.value)?.categories ?? [];
  const chosen = draft.value.category;
  const common = offered?.common ?? [];
  return (
    <fieldset class="part">
      <legend>{label}</legend>
      <div class="kinds">
        {common.map(code => (
          <label key={code} class="kinds__one">
            <input
              type="radio"
              name="category"
              checked={chosen === code}
              onChange={() => change({ category: code })}
            />
            <span>{policyName('category', code)}</span>
          </label>
        ))}
      </div>
      {chosen && !common.includes(chosen) && (
        <p class="chosen" role="status">
          {t.chosenCategory(policyName('category', chosen))}
        </p>
      )}
      {kind === 'resident_request' && (
        <SearchBox
          inputId="category-by-name"
          placeholder={t.otherCategory}
          find={async text => {
            const words = text.toLowerCase();
            return all.filter(one => `${one.name} ${one.name_en}`.toLowerCase().includes(words)).slice(0, 8);
          }}
          keyOf={one => one.id}
          show={one => nameOf(one)}
          onChoose={one => change({ category: one.id })}
          nothingFound={t.noCategory}
        />
      )}
    </fieldset>
  );
}

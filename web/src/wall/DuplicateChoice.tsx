import { useEffect, useState } from 'preact/hooks';
import type { CaseItem } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { shortMoment } from '../shared/formats';
import { Mark } from '../shared/parts/Mark';
import { caseStateName } from '../shared/words';
import { markOf } from './case_marks';
import { moment, placeOf } from './state';
import { wallWords } from './words';

interface DuplicateChoiceProps {
  one: CaseItem;
  near: readonly CaseItem[];
  onChoose: (id: string) => void;
}

/** The case beside those it may repeat, so that they can be compared before they become one. */
export function DuplicateChoice({ one, near, onChoose }: DuplicateChoiceProps) {
  const t = wallWords();
  const [chosen, setChosen] = useState('');
  const choose = (id: string) => {
    setChosen(id);
    onChoose(id);
  };
  useEffect(() => {
    const [only, another] = near;
    if (only && !another) choose(only.id);
  }, [near]);
  if (near.length === 0) return <p>{t.noDuplicates}</p>;
  return (
    <fieldset class="choices">
      <legend>{t.chooseDuplicate}</legend>
      <div class="duplicates">
        <div class="duplicate duplicate--this">
          <Side one={one} />
        </div>
        <div>
          {near.map(other => (
            <label key={other.id} class={`duplicate${other.id === chosen ? ' duplicate--chosen' : ''}`}>
              <input
                type="radio"
                name="into"
                checked={other.id === chosen}
                onChange={() => choose(other.id)}
              />
              <Side one={other} />
            </label>
          ))}
        </div>
      </div>
    </fieldset>
  );
}

function Side({ one }: { one: CaseItem }) {
  const t = wallWords();
  return (
    <div>
      <p>
        <Mark state={markOf(one, moment.value)} size={12} /> <strong>{t.caseNumber(one.number)}</strong>{' '}
        {policyName('category', one.category)}
      </p>
      <p class="quiet small">
        {placeOf(one)} · {shortMoment(one.reported_at)} · {caseStateName(one.state)}
      </p>
      <p class="small">{one.description}</p>
    </div>
  );
}

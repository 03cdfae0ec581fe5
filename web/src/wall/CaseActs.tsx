import type { CaseItem } from '../shared/case_api';
import { Button } from '../shared/parts/Button';
import { type ActName, actsFor, begin, DESK_ACTS, underWay } from './case_acts';
import { isEnded } from './case_marks';
import { mine, take } from './hands';
import { wallWords } from './words';

const SHOWN_AT_ONCE = 3;
/** Assigning has its own place, beside the reasons. */
const ELSEWHERE: ReadonlySet<ActName> = new Set(['assign']);

/** What may be done now, the likeliest first; the rest behind 'more'. */
export function CaseActs({ one, actions }: { one: CaseItem; actions: readonly string[] }) {
  const t = wallWords();
  const acts = actsFor(one, actions).filter(act => !ELSEWHERE.has(act));
  const busy = underWay.value.has(one.id);
  if (acts.length === 0 && isEnded(one)) return null;
  const [near, far] = [acts.slice(0, SHOWN_AT_ONCE), acts.slice(SHOWN_AT_ONCE)];
  const button = (act: ActName) => {
    const { key } = DESK_ACTS[act];
    return (
      <Button key={act} disabled={busy} {...(key ? { shortcut: key } : {})} onClick={() => begin(act, one)}>
        {t.acts[act]}
      </Button>
    );
  };
  return (
    <footer class="case__acts">
      {!isEnded(one) && (
        <Button shortcut="h" onClick={() => take(one.id)}>
          {mine.value.has(one.id) ? t.takeOff : t.take}
        </Button>
      )}
      {near.map(button)}
      {far.length > 0 && (
        <details class="case__more">
          <summary class="button">{t.moreActs}</summary>
          <div>{far.map(button)}</div>
        </details>
      )}
    </footer>
  );
}

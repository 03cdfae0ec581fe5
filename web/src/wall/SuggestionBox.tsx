import type { Candidate, CaseItem, Suggestion } from '../shared/case_api';
import { duration } from '../shared/formats';
import { language, nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Icon } from '../shared/parts/Icon';
import { Skeleton } from '../shared/parts/States';
import { may } from '../shared/session';
import { postName } from '../shared/words';
import { AtHandList } from './AtHandList';
import { begin, perform, underWay } from './case_acts';
import { theSuggestion } from './open_case';
import { scene } from './state';
import { wallWords, worded } from './words';

const reasonOf = (said: { reason_zh: string; reason_en: string }) =>
  language.value === 'en' ? said.reason_en : said.reason_zh;
const whyOf = (one: Candidate) => (language.value === 'en' ? one.why_en : one.why_zh);

/** Offer the case to somebody: the one that dispatch names, or another. */
export function assign(one: CaseItem, whom: Candidate): void {
  void perform('assign', one, { responder: whom.person }, wallWords().assigned(nameOf(whom)));
}

/** Whom dispatch would send, why, and who else was looked at. */
export function SuggestionBox({ one }: { one: CaseItem }) {
  const t = wallWords();
  const asked = theSuggestion.asked.value;
  if (one.state !== 'filed' || asked.state === 'idle') return null;
  return (
    <section class="suggestion" aria-label={t.suggestion}>
      <h3>{t.suggestion}</h3>
      {asked.state === 'loading' && !asked.earlier && <Skeleton lines={3} />}
      {asked.state === 'failed' && <p class="quiet">{asked.problem.detail || asked.problem.title}</p>}
      {asked.state === 'ready' && <Suggested one={one} suggestion={asked.answer} />}
      {may('dispatch') && <AtHandList key={one.id} one={one} />}
    </section>
  );
}

function Suggested({ one, suggestion }: { one: CaseItem; suggestion: Suggestion }) {
  const t = wallWords();
  const { choice, runners_up } = suggestion;
  const busy = underWay.value.has(one.id);
  return (
    <>
      {choice ? (
        <div class="suggestion__choice">
          <Icon name="person" size={20} />
          <div>
            <strong>{nameOf(choice)}</strong>{' '}
            <span class="quiet">
              {postName(choice.post)} · {worded(t.rings, suggestion.ring)}
            </span>
            <div class="suggestion__figures">
              {choice.expected_s !== null && <b>{t.minutesAway(duration(choice.expected_s))}</b>}
              {suggestion.load !== null && <span class="quiet">{t.load(suggestion.load)}</span>}
            </div>
          </div>
        </div>
      ) : (
        <p>
          <strong>{t.suggestionNobody}</strong>
        </p>
      )}
      <p class="small quiet">{reasonOf(suggestion)}</p>
      {choice && may('dispatch') && (
        <Button look="primary" icon="send" shortcut="↵" busy={busy} onClick={() => assign(one, choice)}>
          {t.assignSuggested}
        </Button>
      )}
      {!choice && suggestion.ring === 'whistle' && may('blow_whistle') && (
        <Button look="primary" icon="whistle" shortcut="w" busy={busy} onClick={() => begin('whistle', one)}>
          {t.acts.whistle}
        </Button>
      )}
      {runners_up.length > 0 && (
        <details class="suggestion__others">
          <summary>
            {t.runnersUp} <span class="quiet">{runners_up.length}</span>
          </summary>
          <ul>
            {runners_up.map(other => (
              <li key={other.person}>
                <div>
                  <span>{nameOf(other)}</span>{' '}
                  <span class="quiet small">
                    {postName(other.post)}
                    {other.expected_s !== null && ` · ${t.minutesAway(duration(other.expected_s))}`}
                  </span>
                  <p class="quiet small">{whyOf(other)}</p>
                </div>
                {may('dispatch') && (
                  <Button disabled={busy} onClick={() => assign(one, other)}>
                    {t.sendThis}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      {suggestion.at && (
        <Button
          look="quiet"
          icon="route"
          onClick={() => suggestion.at && scene.value?.showBox(boxAround(one.at, suggestion.at))}
        >
          {t.keyOnMap}
        </Button>
      )}
    </>
  );
}

function boxAround(one: [number, number], other: [number, number]): [number, number, number, number] {
  return [
    Math.min(one[0], other[0]),
    Math.min(one[1], other[1]),
    Math.max(one[0], other[0]),
    Math.max(one[1], other[1]),
  ];
}

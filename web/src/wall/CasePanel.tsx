import { type CaseCard, type CaseItem, holderName } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { coordinates, shortMoment } from '../shared/formats';
import { Button, IconButton } from '../shared/parts/Button';
import { Contact } from '../shared/parts/Contact';
import { Mark } from '../shared/parts/Mark';
import { Facts } from '../shared/parts/Panel';
import { Shown } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import { caseStateName, postName, sharedWords } from '../shared/words';
import { CaseActs } from './CaseActs';
import { History, Offers, Whistles } from './CaseHistory';
import { markOf } from './case_marks';
import { HandsOnCase } from './Hands';
import { theCase } from './open_case';
import { TimeLeft } from './Queue';
import { isReplaying } from './replay';
import { SuggestionBox } from './SuggestionBox';
import {
  cases,
  openCase,
  placeOf,
  scene,
  shownCase,
  shownMoment,
  shownSecond,
  subdistrictName,
} from './state';
import { wallWords, worded } from './words';

/** One case: what, where, by when; whom to send and why; what has happened. */
export function CasePanel({ id }: { id: string }) {
  const t = wallWords();
  void cases.revision.value;
  const asked = theCase.asked.value;
  const card = answerIn(asked);
  // The stream is ahead of the card that was fetched: what it says of the case itself is shown.
  const now = shownCase(id) ?? card;
  return (
    <section class="case" aria-label={t.what}>
      {now && <Head one={now} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <div class="case__body" tabIndex={0}>
        {now && <Known one={now} />}
        <Shown asked={asked} retry={() => void theCase.put(id)} skeletonLines={5}>
          {fetched => <Fetched card={fetched} />}
        </Shown>
      </div>
      {card && now && !isReplaying.value && <CaseActs one={now} actions={card.actions} />}
    </section>
  );
}

function Head({ one }: { one: CaseItem }) {
  const t = wallWords();
  const mark = markOf(one, shownMoment.value);
  return (
    <header class="case__head">
      <div class="case__state">
        <Mark state={mark} size={16} word />
        {mark !== 'offered' && <span class="quiet">{caseStateName(one.state)}</span>}
        <span class="case__due">
          <TimeLeft placed={{ one, mark }} />
        </span>
        <IconButton icon="close" label={t.closePanel} onClick={() => openCase(null)} />
      </div>
      <h2>{policyName('category', one.category)}</h2>
      <p class="quiet small">
        {t.caseNumber(one.number)} · {t.severity(one.severity)} · {policyName('kind', one.kind)}
      </p>
      <HandsOnCase id={one.id} />
    </header>
  );
}

/** What the list told already: it stands there at once. */
function Known({ one }: { one: CaseItem }) {
  const t = wallWords();
  return (
    <>
      <p class="case__words">{one.description || <span class="quiet">{t.noDescription}</span>}</p>
      <Contact caseId={one.id} source={one.source} />
      <Photographs names={one.photographs} />
      <Place one={one} />
      {!isReplaying.value && <SuggestionBox one={one} />}
      <Facts
        of={[
          [t.reportedAt, shortMoment(one.reported_at)],
          one.due_at !== null && [t.due, shortMoment(one.due_at)],
          [t.holder, one.holder_name ? `${holderName(one)} · ${postName(one.holder_post ?? '')}` : t.nobody],
          one.ring !== null && [t.ring, worded(t.rings, one.ring)],
          [t.source, worded(t.sources, one.source)],
          one.outcome !== null && [t.outcome, worded(t.outcomes, one.outcome)],
        ]}
      />
    </>
  );
}

function Fetched({ card }: { card: CaseCard }) {
  return (
    <>
      <Whistles whistles={card.whistles} />
      <Offers tasks={card.tasks} />
      <History events={card.history.filter(({ at }) => Date.parse(at) <= shownSecond.value)} />
    </>
  );
}

function Place({ one }: { one: CaseItem }) {
  const t = wallWords();
  const shared = sharedWords();
  const [lon, lat] = one.at;
  const place = coordinates(lon, lat);
  return (
    <div class="case__place">
      <div>
        <strong>{placeOf(one)}</strong>
        <span class="quiet small">
          {one.area ? `${subdistrictName(one.area)} · ${one.area}` : t.outsideAreas}
        </span>
      </div>
      <Button look="quiet" icon="place" onClick={() => scene.value?.showPlace({ lon, lat })}>
        {shared.showOnMap}
      </Button>
      <IconButton
        icon="link"
        label={shared.copyLink}
        onClick={() => void navigator.clipboard?.writeText(location.href).then(() => say(shared.linkCopied))}
      />
      <span class="unseen">{place}</span>
    </div>
  );
}

function Photographs({ names }: { names: readonly string[] }) {
  const t = wallWords();
  if (names.length === 0) return null;
  return (
    <ul class="photographs" aria-label={t.photographs}>
      {names.map((name, place) => (
        <li key={name}>
          <a href={`/api/v1/photographs/${encodeURIComponent(name)}`} target="_blank" rel="noreferrer">
            <img
              src={`/api/v1/photographs/${encodeURIComponent(name)}?size=thumbnail`}
              alt={t.photograph(place + 1)}
              loading="lazy"
              width="96"
              height="72"
            />
          </a>
        </li>
      ))}
    </ul>
  );
}

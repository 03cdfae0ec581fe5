import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../shared/api';
import { policyName } from '../shared/classification';
import { distance, shortMoment } from '../shared/formats';
import { language } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { EmptyState, Shown } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import { type NearbyMatter, type Taken, theNearby } from './api';
import { clearDraft, draft } from './draft';
import { PlaceField, placeNow } from './PlaceField';
import { remember } from './sending';
import { dropTicket, prepareTicket, ticketInHand } from './ticket';
import { go } from './where';
import { reportWords } from './words';

/** Five decimals are a metre: a phone that trembles must not ask again. */
const rounded = (degrees: number) => Math.round(degrees * 5000) / 5000;

function useNearby(): () => void {
  const at = placeNow();
  const lon = at && rounded(at.lon);
  const lat = at && rounded(at.lat);
  const again = () => {
    if (lon !== null && lat !== null) void theNearby.put({ lon, lat });
  };
  useEffect(again, [lon, lat]);
  return again;
}

/** Before sending: is it one of these? Those of the same kind come first. */
export function NearbyPart() {
  const t = reportWords();
  const [none, setNone] = useState(false);
  useNearby();
  const near = placeNow() ? (answerIn(theNearby.asked.value) ?? []) : [];
  const { category } = draft.value;
  const likely = category ? near.filter(one => one.category === category) : near;
  if (none || likely.length === 0) return null;
  return (
    <section class="near" aria-labelledby="near-title">
      <h2 id="near-title">{t.nearTitle(likely.length)}</h2>
      <Matters matters={likely.slice(0, 5)} />
      <Button look="quiet" onClick={() => setNone(true)}>
        {t.itIsNone}
      </Button>
    </section>
  );
}

/** What is open around a place, to look at. */
export function NearbyView() {
  const t = reportWords();
  const again = useNearby();
  return (
    <>
      <h1 tabIndex={-1}>{t.ways.near}</h1>
      <p class="quiet">{t.nearPrivacy}</p>
      <PlaceField label={t.nearPlace} exact={false} />
      {placeNow() && (
        <Shown asked={theNearby.asked.value} retry={again} skeletonLines={5}>
          {matters =>
            matters.length === 0 ? (
              <EmptyState title={t.nearNone}>{t.nearNoneHint}</EmptyState>
            ) : (
              <Matters matters={matters} />
            )
          }
        </Shown>
      )}
    </>
  );
}

function Matters({ matters }: { matters: readonly NearbyMatter[] }) {
  return (
    <ul class="cards">
      {matters.map(one => (
        <li key={one.number}>
          <Matter one={one} />
        </li>
      ))}
    </ul>
  );
}

function Matter({ one }: { one: NearbyMatter }) {
  const t = reportWords();
  const [busy, setBusy] = useState(false);
  useEffect(prepareTicket, []);
  const same = async () => {
    setBusy(true);
    try {
      const taken = await sayTheSame(one.number);
      await remember({
        number: taken.number,
        tracking: taken.tracking,
        kind: null,
        category: one.category,
        sentAt: new Date().toISOString(),
        seen: one.state,
      });
      say(t.sameNoted);
      clearDraft();
      go({ view: 'follow', tracking: taken.tracking });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      say(error.detail || error.title);
    }
    setBusy(false);
  };
  const street = language.value === 'en' ? (one.street_en ?? one.street) : one.street;
  return (
    <article class="card">
      <header>
        <strong>{policyName('category', one.category)}</strong>
        <span class="tag">{t.states[one.state]}</span>
      </header>
      <p class="quiet small">
        {[street, t.away(distance(one.distance_m)), t.nearTime(shortMoment(one.reported_at))]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <Button icon="check" busy={busy} onClick={() => void same()}>
        {t.itIsThis}
      </Button>
    </article>
  );
}

async function sayTheSame(number: number, again = false): Promise<Taken> {
  try {
    const ticket = await ticketInHand();
    const body = { ticket, description: draft.value.description.trim().slice(0, 500) };
    const taken = await ask<Taken>(`/resident/nearby/${number}/same`, { method: 'POST', body });
    dropTicket();
    return taken;
  } catch (error) {
    dropTicket();
    if (error instanceof Problem && error.status === 428 && !again) return sayTheSame(number, true);
    throw error;
  }
}

import { useEffect, useState } from 'preact/hooks';
import { type Category, policyName, theClassification } from '../shared/classification';
import { coordinates, distance } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Check, Field } from '../shared/parts/Field';
import { say } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import { type Outcome, OutcomeChoice } from './EndingForm';
import type { Shot } from './outbox';
import { here, locateOnce, placeRefused } from './place';
import { Shots } from './Shots';
import { keep } from './sender';
import { tab, theDuty } from './state';
import { streetWords } from './words';

const NINE = 'nine_disorders/';

/** The commonest category of each of the nine disorders: what three taps reach. */
function shortList(categories: readonly Category[]): Category[] {
  const seen = new Map<string, Category>();
  for (const one of categories) {
    const heading = one.groups.find(group => group.startsWith(NINE));
    if (heading && !seen.has(heading)) seen.set(heading, one);
  }
  return [...seen.values()];
}

/** Photograph, category, done: the place comes from the phone. */
export function FindingForm() {
  const t = streetWords();
  const [shots, setShots] = useState<Shot[]>([]);
  const [category, setCategory] = useState('');
  const [description, setDescription] = useState('');
  const [settled, setSettled] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(locateOnce, []);
  const categories = answerIn(theClassification.asked.value)?.categories ?? [];
  const near = shortList(categories);
  const fix = here.value;
  const ready = category && fix && (!settled || outcome);
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    const patrol = answerIn(theDuty.asked.value)?.patrol;
    const now = await keep({
      kind: 'finding',
      label: policyName('category', category),
      path: '/findings',
      body: {
        category,
        lon: fix.lon,
        lat: fix.lat,
        found_at: new Date().toISOString(),
        description: description.trim(),
        wish: settled ? 'settle' : 'hand_on',
        ...(settled ? { outcome } : {}),
        ...(patrol ? { patrol } : {}),
      },
      shots,
    });
    say(now ? t.sent : t.kept);
    tab.value = now ? 'tasks' : 'queue';
  };
  return (
    <section class="finding" aria-label={t.find}>
      <h1>{t.find}</h1>
      <Shots shots={shots} onChange={setShots} />
      <fieldset class="tiles">
        <legend>{t.category}</legend>
        {near.map(one => (
          <label key={one.id} class={`tile${category === one.id ? ' tile--chosen' : ''}`}>
            <input
              type="radio"
              name="category"
              checked={category === one.id}
              onChange={() => setCategory(one.id)}
            />
            {nameOf(one)}
          </label>
        ))}
      </fieldset>
      <select
        aria-label={t.otherCategory}
        value={near.some(one => one.id === category) ? '' : category}
        onChange={event => setCategory(event.currentTarget.value)}
      >
        <option value="">{t.otherCategory}</option>
        {categories.map(one => (
          <option key={one.id} value={one.id}>
            {nameOf(one)}
          </option>
        ))}
      </select>
      <p class="finding__place">
        <span>
          {t.place}：{fix ? coordinates(fix.lon, fix.lat) : placeRefused.value ? t.noPlace : t.locating}
          {fix && <span class="quiet small"> {t.accuracy(distance(fix.accuracy_m))}</span>}
        </span>
        <Button icon="locate" onClick={locateOnce}>
          {t.locateAgain}
        </Button>
      </p>
      <Field label={t.describe}>
        {attributes => (
          <textarea
            {...attributes}
            rows={2}
            value={description}
            onInput={event => setDescription(event.currentTarget.value)}
          />
        )}
      </Field>
      <Check checked={settled} onCheck={setSettled}>
        {t.settleHere}
      </Check>
      {settled && <OutcomeChoice label={t.settledHow} chosen={outcome} onChoose={setOutcome} />}
      <Button look="primary" class="task__next" disabled={!ready} busy={busy} onClick={() => void send()}>
        {settled ? t.settleHere : t.handOn}
      </Button>
    </section>
  );
}

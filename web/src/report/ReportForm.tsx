import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { policyName, theClassification } from '../shared/classification';
import { coordinates } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Field } from '../shared/parts/Field';
import { say } from '../shared/parts/Toast';
import { answerIn } from '../shared/question';
import type { Found } from '../shared/territory_api';
import type { Shot } from '../street/outbox';
import { here, locateOnce, placeRefused } from '../street/place';
import { Shots } from '../street/Shots';
import { keep } from '../street/sender';
import { streetWords } from '../street/words';
import { theReports } from './MyReports';
import { reportWords } from './words';

interface Place {
  name: string;
  lon: number;
  lat: number;
}

/** Photograph, what, where, send; what was typed stays until the server has it. */
export function ReportForm() {
  const t = reportWords();
  const [shots, setShots] = useState<Shot[]>([]);
  const [category, setCategory] = useState('');
  const [named, setNamed] = useState<Place | null>(null);
  const [description, setDescription] = useState('');
  const [busy, setBusy] = useState(false);
  const fix = here.value;
  const place = named ?? (fix ? { name: coordinates(fix.lon, fix.lat), lon: fix.lon, lat: fix.lat } : null);
  const categories = answerIn(theClassification.asked.value)?.categories ?? [];
  const send = async () => {
    if (!place || !category) return;
    setBusy(true);
    const now = await keep({
      kind: 'finding',
      label: policyName('category', category),
      path: '/findings',
      body: {
        kind: 'resident_request',
        category,
        lon: place.lon,
        lat: place.lat,
        found_at: new Date().toISOString(),
        description: description.trim(),
      },
      shots,
    });
    say(now ? t.sent : streetWords().kept);
    setShots([]);
    setCategory('');
    setDescription('');
    setBusy(false);
    await theReports.put();
  };
  return (
    <section class="finding" aria-label={t.title}>
      <h1>{t.title}</h1>
      <Shots shots={shots} onChange={setShots} />
      <Field label={t.category}>
        {attributes => (
          <select {...attributes} value={category} onChange={event => setCategory(event.currentTarget.value)}>
            <option value="">{t.choose}</option>
            {categories.map(one => (
              <option key={one.id} value={one.id}>
                {nameOf(one)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <PlaceField chosen={named} onChoose={setNamed} />
      <Field label={t.describe}>
        {attributes => (
          <textarea
            {...attributes}
            rows={3}
            value={description}
            onInput={event => setDescription(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button
        look="primary"
        class="task__next"
        busy={busy}
        disabled={!place || !category}
        title={place && category ? '' : t.needs}
        onClick={() => void send()}
      >
        {t.send}
      </Button>
    </section>
  );
}

const SEARCH_AFTER_MS = 250;

/** The phone's position, or a street or estate by its name. */
function PlaceField({ chosen, onChoose }: { chosen: Place | null; onChoose: (place: Place | null) => void }) {
  const t = reportWords();
  const [words, setWords] = useState('');
  const [found, setFound] = useState<readonly Found[]>([]);
  useEffect(locateOnce, []);
  useEffect(() => {
    if (!words.trim()) {
      setFound([]);
      return;
    }
    const stop = new AbortController();
    const later = setTimeout(() => {
      ask<Found[]>('/search', { query: { q: words.trim() }, signal: stop.signal })
        .then(setFound)
        .catch(() => undefined);
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [words]);
  const fix = here.value;
  const known = fix ? coordinates(fix.lon, fix.lat) : placeRefused.value ? t.noPlace : t.locating;
  return (
    <fieldset class="place-field">
      <legend>{t.place}</legend>
      <p>{chosen ? t.chosenPlace(chosen.name) : known}</p>
      <div class="place-field__ways">
        <Button
          icon="locate"
          onClick={() => {
            onChoose(null);
            locateOnce();
          }}
        >
          {t.usePhone}
        </Button>
        <input
          aria-label={t.byName}
          placeholder={t.byName}
          value={words}
          onInput={event => setWords(event.currentTarget.value)}
        />
      </div>
      <ul>
        {found.slice(0, 6).map(one => (
          <li key={`${one.kind}/${one.id}`}>
            <Button
              look="quiet"
              onClick={() => {
                onChoose({ name: nameOf(one), lon: one.at[0], lat: one.at[1] });
                setWords('');
              }}
            >
              {nameOf(one)}
            </Button>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

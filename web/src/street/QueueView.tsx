import { shortMoment } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { EmptyState } from '../shared/parts/States';
import { say } from '../shared/parts/Toast';
import type { Entry } from './outbox';
import { type Came, discard, putBack, retry, sendNow, waiting } from './sender';
import { streetWords } from './words';

/** What became of an act, in a line; whatever was refused is in the list with its reason. */
export function sayHow(came: Came): void {
  const t = streetWords();
  const words = { sent: t.sent, kept: t.kept, refused: t.refusedSee, full: t.storageFull };
  say(words[came]);
}

/** Take it off the list; as long as the message stands it can be put back. */
async function throwAway(entry: Entry): Promise<void> {
  await discard(entry.id);
  say(streetWords().discarded, () => void putBack(entry));
}

/** Everything that was done here and has not reached the server yet, in the order in which it was done. */
export function QueueView() {
  const t = streetWords();
  if (waiting.value.length === 0) {
    return (
      <EmptyState icon="done" title={t.queueEmpty}>
        {t.queueEmptyHint}
      </EmptyState>
    );
  }
  return (
    <section aria-label={t.queue} class="queue">
      <header>
        <h1>{t.queued(waiting.value.length)}</h1>
        <Button icon="replay" onClick={() => void sendNow()}>
          {t.retry}
        </Button>
      </header>
      <ul>
        {waiting.value.map(entry => (
          <li key={entry.id}>
            <strong>{entry.label}</strong>
            <span class="quiet small">
              {t.kinds[entry.kind]} · {t.made(shortMoment(entry.madeAt))}
              {entry.shots.length > 0 && ` · ${t.photosTaken(entry.shots.length)}`}
            </span>
            {entry.kept && entry.tooLate ? (
              <div class="notice" role="alert">
                <p>
                  <b>{t.tooLate}</b> {entry.tooLate.title} {entry.tooLate.detail} {t.tooLateKept}
                </p>
                <Button onClick={() => void discard(entry.id)}>{t.understood}</Button>
              </div>
            ) : entry.refused ? (
              <div class="notice" role="alert">
                <p>
                  <b>{entry.refused.title || t.refused}</b> {entry.refused.detail}
                </p>
                <Button onClick={() => void retry(entry)}>{t.retry}</Button>
                <Button look="danger" onClick={() => void throwAway(entry)}>
                  {t.discard}
                </Button>
              </div>
            ) : (
              <span class="small">{t.waiting}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

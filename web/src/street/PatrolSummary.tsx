import { useEffect } from 'preact/hooks';
import { distance, duration } from '../shared/formats';
import { Button } from '../shared/parts/Button';
import { Facts } from '../shared/parts/Panel';
import { answerIn } from '../shared/question';
import { sharedWords } from '../shared/words';
import { waiting } from './sender';
import { streetName } from './state';
import { ENTRIES, thePatrol, thePieces } from './tasks_api';
import { streetWords } from './words';

interface PatrolSummaryProps {
  patrol: string;
  street: string;
  onClose: () => void;
}

/** What a walk came to. Where it has not reached the server yet it says so, and fills in when it has. */
export function PatrolSummary({ patrol, street, onClose }: PatrolSummaryProps) {
  const t = streetWords();
  const unsent = waiting.value.filter(
    entry => entry.path.includes(patrol) || entry.body.patrol === patrol,
  ).length;
  useEffect(() => {
    if (unsent > 0) return;
    void thePatrol.put(patrol);
    void thePieces.put(street);
  }, [patrol, street, unsent]);
  const found = answerIn(thePatrol.asked.value);
  const card = found?.id === patrol && found.ended_at ? found : null;
  const pieces = answerIn(thePieces.asked.value);
  const left = pieces?.pieces.filter(piece => piece.walked_at.length === 0).length;
  return (
    <section class="patrol" aria-label={t.patrolSummary}>
      <h1>
        {t.patrolSummary} · {streetName(street)}
      </h1>
      {card ? (
        <Facts
          of={[
            [t.patrolLength, distance(card.length_m)],
            [
              t.patrolTook,
              duration((Date.parse(card.ended_at ?? card.started_at) - Date.parse(card.started_at)) / 1000),
            ],
            [t.patrolFound, t.patrolCases(card.findings)],
            ...ENTRIES.filter(entry => card.entered[entry]).map((entry): [string, string] => [
              t.entries[entry],
              t.patrolCases(card.entered[entry] ?? 0),
            ]),
            [t.patrolLeft, left === undefined ? undefined : t.patrolSegments(left)],
          ]}
        />
      ) : (
        <p class="notice">{t.patrolWillEnd}</p>
      )}
      <Button look="primary" class="task__next" onClick={onClose}>
        {sharedWords().close}
      </Button>
    </section>
  );
}

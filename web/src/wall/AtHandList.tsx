import { useState } from 'preact/hooks';
import type { CaseItem } from '../shared/case_api';
import { duration } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { EmptyState, Shown } from '../shared/parts/States';
import { postName } from '../shared/words';
import { type AtHand, theAtHand } from './at_hand';
import { underWay } from './case_acts';
import { draggable, send } from './drag_person';
import { wallWords, worded } from './words';

const SHOWN_AT_FIRST = 12;

/** Everybody who may be sent, the nearest first, with minutes and load: chosen here, or dragged onto any case. */
export function AtHandList({ one }: { one: CaseItem }) {
  const t = wallWords();
  const [isOpen, setOpen] = useState(false);
  const ask = () => void theAtHand.put(one.id);
  return (
    <details
      class="suggestion__others"
      open={isOpen}
      onToggle={event => {
        const opened = event.currentTarget.open;
        setOpen(opened);
        if (opened) ask();
      }}
    >
      <summary>{t.atHand}</summary>
      {isOpen && (
        <Shown asked={theAtHand.asked.value} retry={ask} skeletonLines={4}>
          {found => <Everybody one={one} found={found} />}
        </Shown>
      )}
    </details>
  );
}

function Everybody({ one, found }: { one: CaseItem; found: readonly AtHand[] }) {
  const t = wallWords();
  const [all, setAll] = useState(false);
  if (found.length === 0) return <EmptyState title={t.suggestionNobody} />;
  return (
    <>
      <p class="quiet small">{t.dragHint}</p>
      <ul>
        {found.slice(0, all ? undefined : SHOWN_AT_FIRST).map(somebody => (
          <Somebody key={somebody.person} one={one} somebody={somebody} />
        ))}
      </ul>
      {!all && found.length > SHOWN_AT_FIRST && (
        <Button look="quiet" onClick={() => setAll(true)}>
          {t.atHandMore(found.length - SHOWN_AT_FIRST)}
        </Button>
      )}
    </>
  );
}

function Somebody({ one, somebody }: { one: CaseItem; somebody: AtHand }) {
  const t = wallWords();
  const whom = { person: somebody.person, name: nameOf(somebody) };
  return (
    <li class="at-hand" {...draggable(whom)}>
      <div>
        <span>{nameOf(somebody)}</span>{' '}
        <span class="quiet small">
          {postName(somebody.post)} · {worded(t.rings, somebody.ring)}
        </span>
        <div class="suggestion__figures small">
          <b>
            {somebody.expected_s === null ? t.whereUnknown : t.minutesAway(duration(somebody.expected_s))}
          </b>
          <span class="quiet">{t.loadOf(somebody.load, somebody.capacity)}</span>
        </div>
      </div>
      <Button disabled={underWay.value.has(one.id)} onClick={() => send(one, whom)}>
        {t.sendThis}
      </Button>
    </li>
  );
}

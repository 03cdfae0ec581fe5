import { clock } from '../shared/formats';
import { Icon } from '../shared/parts/Icon';
import { handsOn, justChanged, mine } from './hands';
import { wallWords, worded } from './words';

/** Who else is at a case: in the queue in a word, so that two do not begin the same. */
export function HandsInRow({ id }: { id: string }) {
  const t = wallWords();
  const others = handsOn.value.get(id);
  if (mine.value.has(id)) return <span class="hand hand--mine">{t.takenByMe}</span>;
  const first = others?.find(hand => hand.taken) ?? others?.[0];
  if (!first) return null;
  return (
    <span class={`hand${first.taken ? ' hand--taken' : ''}`} title={t.handOf(first.name, first.taken)}>
      <Icon name="eye" size={12} /> {first.name}
    </span>
  );
}

/** The same for the open case, with who changed it a moment ago. */
export function HandsOnCase({ id }: { id: string }) {
  const t = wallWords();
  const others = handsOn.value.get(id) ?? [];
  const change = justChanged(id);
  if (others.length === 0 && !change && !mine.value.has(id)) return null;
  return (
    <p class="case__hands small" role="status">
      {mine.value.has(id) && <span class="hand hand--mine">{t.takenByMe}</span>}
      {others.map(hand => (
        <span key={hand.page} class={`hand${hand.taken ? ' hand--taken' : ''}`}>
          <Icon name="eye" size={12} /> {t.handOf(hand.name, hand.taken)}
        </span>
      ))}
      {change && (
        <span class="quiet">
          {t.justChanged(change.by, worded(t.actions, change.action), clock(change.at))}
        </span>
      )}
    </p>
  );
}

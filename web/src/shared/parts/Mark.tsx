import { MARK_SHAPES, type MarkState } from '../case_states';
import { sharedWords } from '../words';

/** A case's state as the map draws it: colour, shape and, unless it stands beside one, its word. */
export function Mark({
  state,
  size = 16,
  word = false,
}: {
  state: MarkState;
  size?: number;
  word?: boolean;
}) {
  const label = sharedWords().states[state];
  return (
    <span class={`mark mark--${state}`}>
      <svg width={size} height={size} viewBox="0 0 16 16" role="img" aria-label={label}>
        <path d={MARK_SHAPES[state]} fill="currentColor" />
      </svg>
      {word && <span aria-hidden="true">{label}</span>}
    </span>
  );
}

import { effect } from '@preact/signals';
import type { MapScene } from '../shared/map/scene';
import { isLoaded } from './feed';
import type { MarkBoard } from './mark_board';

/** The mark under which browsers and `yilu bench wall` find when the desk could first be worked with. */
const MARK = 'first-picture';

/** Mark, once in a visit, the first frame with the ground drawn and the loaded queue's cases on it. */
export function markFirstPicture({ map, drawn }: MapScene, board: MarkBoard): () => void {
  if (performance.getEntriesByName(MARK).length > 0) return () => undefined;
  const painted = () => {
    if (!isLoaded.peek() || !(drawn.peek() || map.areTilesLoaded())) return;
    stop();
    performance.mark(MARK);
  };
  board.onPainted = painted;
  const unfollow = effect(() => {
    if (isLoaded.value && drawn.value) board.repaint();
  });
  const stop = () => {
    unfollow();
    board.onPainted = () => undefined;
  };
  return stop;
}

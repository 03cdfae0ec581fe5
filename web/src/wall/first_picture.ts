import type { MapScene } from '../shared/map/scene';

/** The mark under which browsers and `yilu bench wall` find when the desk could first be worked with. */
const MARK = 'first-picture';
/** The last of what a loaded desk draws. */
const LAST_SOURCE = 'cases-by-grid';

/** Mark, once in a visit, the first frame that shows the loaded queue's cases on the map. */
export function markFirstPicture({ map }: MapScene): () => void {
  if (performance.getEntriesByName(MARK).length > 0) return () => undefined;
  const look = () => {
    if (!map.getSource(LAST_SOURCE) || !map.isSourceLoaded(LAST_SOURCE) || !map.isStyleLoaded()) return;
    map.off('render', look);
    performance.mark(MARK);
  };
  map.on('render', look);
  return () => void map.off('render', look);
}

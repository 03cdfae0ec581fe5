import { computed } from '@preact/signals';
import type { Feature } from 'geojson';
import { answerIn } from '../shared/question';
import { isSettled } from './case_marks';
import { hazardCategories, shownClosures, shownLayers, theReach } from './layers';
import { queue } from './state';

/** What the layers besides cases and people put on the map. */

/** The hazards among the cases shown that are still to be dealt with; none while nobody looks at the layer. */
export const shownHazards = computed(() =>
  shownLayers.value.has('hazards')
    ? queue.value.filter(({ one }) => hazardCategories.value.has(one.category) && !isSettled(one))
    : [],
);

export function closureFeatures(): Feature[] {
  return shownClosures.value.flatMap(({ id, why, geometry }) =>
    geometry ? [{ type: 'Feature' as const, geometry, properties: { id, why } }] : [],
  );
}

export function reachFeatures(): Feature[] {
  return answerIn(theReach.asked.value)?.features ?? [];
}

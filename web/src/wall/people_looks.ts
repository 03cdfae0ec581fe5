import { computed } from '@preact/signals';
import type { Position } from '../shared/case_api';
import { isUnderWay } from './case_marks';
import { shownCases } from './state';

/** How somebody on shift is seen: free, with cases in hand, or silent for so long that the place is an old one. */
export const PERSON_LOOKS = ['free', 'busy', 'silent'] as const;
export type PersonLook = (typeof PERSON_LOOKS)[number];

export const LOOK_TOKENS: Record<PersonLook, string> = {
  free: 'ink-2',
  busy: 'state-underway',
  silent: 'state-paused',
};
export const SILENT_AFTER_MIN = 30;

/** How many cases everybody has in hand who has any. */
export const casesInHand = computed<ReadonlyMap<string, number>>(() => {
  const counts = new Map<string, number>();
  for (const { holder } of shownCases.value.filter(isUnderWay))
    if (holder !== null) counts.set(holder, (counts.get(holder) ?? 0) + 1);
  return counts;
});

export function lookOf({ person, at }: Pick<Position, 'person' | 'at'>, now: number): PersonLook {
  if (now - Date.parse(at) > SILENT_AFTER_MIN * 60_000) return 'silent';
  return casesInHand.peek().has(person) ? 'busy' : 'free';
}

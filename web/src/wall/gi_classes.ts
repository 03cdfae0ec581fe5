/** How clear a hotspot is, by its z: on the map and in the list the same. */

export const CLEARLY_HOT_Z = 4;
export const VERY_HOT_Z = 7;
/** 0 to 2: high, clearly high, very high; 3: low; null where nothing can be said. */
export function giClass({ spot, z }: { spot: string; z: number | null }): number | null {
  if (spot === 'cold') return 3;
  if (spot !== 'hot' || z === null) return null;
  return z >= VERY_HOT_Z ? 2 : z >= CLEARLY_HOT_Z ? 1 : 0;
}

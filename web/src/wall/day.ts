/** The day as the city counts it: China keeps one clock, eight hours ahead of UTC, without summer time. */

const AHEAD_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** When the city's day began that a moment belongs to, in milliseconds since 1970. */
export function dayStart(now: number): number {
  return Math.floor((now + AHEAD_MS) / DAY_MS) * DAY_MS - AHEAD_MS;
}

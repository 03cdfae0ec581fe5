/** Which rows of a long list to draw, and where to scroll so that what is read stays where it is. */

export interface ListWindow {
  first: number;
  /** One past the last. */
  end: number;
}

const SPARE_ROWS = 6;

export function windowOf(
  count: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
): ListWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - SPARE_ROWS);
  const end = Math.min(count, Math.ceil((scrollTop + viewHeight) / rowHeight) + SPARE_ROWS);
  return { first: Math.min(first, end), end };
}

/**
 * Where to scroll after the rows changed so that the row at the top of the view stays there; at the very top the
 * list stays at the top, so that what is new is seen. Where that row is gone, the next one still there takes its
 * place.
 */
export function keptScroll(
  before: readonly string[],
  after: readonly string[],
  rowHeight: number,
  scrollTop: number,
): number {
  if (scrollTop <= 0 || before === after) return Math.max(0, scrollTop);
  const topIndex = Math.floor(scrollTop / rowHeight);
  let places: Map<string, number> | null = null;
  for (let index = topIndex; index < before.length; index += 1) {
    const key = before[index] as string;
    // Nearly always the first is still there; an index of many thousands is made only where it is not.
    if (index > topIndex) places ??= new Map(after.map((one, place) => [one, place]));
    const place = places ? (places.get(key) ?? -1) : after.indexOf(key);
    if (place >= 0) return Math.max(0, scrollTop + (place - index) * rowHeight);
  }
  return Math.min(scrollTop, Math.max(0, after.length * rowHeight));
}

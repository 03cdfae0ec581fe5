/**
 * What a mark on the map or in a list can say. A mark is told by colour, by shape and by word, so that nobody
 * depends on one of them.
 */
export const MARK_STATES = ['new', 'offered', 'underway', 'settled', 'soon', 'late', 'paused'] as const;
export type MarkState = (typeof MARK_STATES)[number];

/** Outlines in a box of 16 × 16. */
export const MARK_SHAPES: Record<MarkState, string> = {
  new: 'M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2Z',
  offered: 'M8 1 15 8 8 15 1 8Z',
  underway:
    'M4 2.5h8A1.5 1.5 0 0 1 13.5 4v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12V4A1.5 1.5 0 0 1 4 2.5Z',
  settled: 'M1.6 8.6 4 6.2 6.7 8.9 12 3.2 14.4 5.5 6.8 13.7Z',
  soon: 'M3 1.8h10v2.4L9.6 8 13 11.8v2.4H3v-2.4L6.4 8 3 4.2Z',
  late: 'M8 1.2 15.4 14.4H.6Z',
  paused: 'M3 2h3.6v12H3ZM9.4 2H13v12H9.4Z',
};

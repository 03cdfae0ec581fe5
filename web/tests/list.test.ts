import { describe, expect, it } from 'vitest';
import { keptScroll, windowOf } from '../src/shared/parts/list_window';

const letters = (text: string) => [...text];

describe('a long list', () => {
  it('draws what is seen and a few rows more', () => {
    expect(windowOf(20_000, 40, 40_000, 400)).toEqual({ first: 994, end: 1016 });
    expect(windowOf(3, 40, 0, 400)).toEqual({ first: 0, end: 3 });
    expect(windowOf(0, 40, 0, 400)).toEqual({ first: 0, end: 0 });
  });

  it('draws the last rows when it shrank under the view', () => {
    const { first, end } = windowOf(2, 40, 4_000, 400);
    expect(first).toBeLessThanOrEqual(end);
    expect(end).toBe(2);
  });

  it('keeps the row that is read where it is while others come above', () => {
    expect(keptScroll(letters('abcdef'), letters('xyabcdef'), 40, 85)).toBe(165);
  });

  it('stays at the top, where the new is seen', () => {
    expect(keptScroll(letters('abc'), letters('xabc'), 40, 0)).toBe(0);
  });

  it('goes on with the next row when the one that was read has left', () => {
    expect(keptScroll(letters('abcdef'), letters('abdef'), 40, 80)).toBe(40 * 2 - 40 + 0);
  });

  it('ends at the end when all that was read has left', () => {
    expect(keptScroll(letters('abcdef'), letters('ab'), 40, 160)).toBe(80);
  });
});

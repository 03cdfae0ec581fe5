import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Box, District } from '../src/shared/territory_api';

const LANE: Box = [112.5502, 37.8691, 112.5534, 37.8705];
const FAR: Box = [112.7002, 37.8691, 112.7034, 37.8705];
const DISTRICT = {
  bbox: [112.4, 37.7, 112.8, 38.0],
  versions: { boundaries: 1, streets: 2, roads: 3, places: 4, base: 5 },
} as unknown as District;

let tilesAround: (boxes: readonly Box[], district: District) => string[];

beforeAll(async () => {
  vi.stubGlobal('location', new URL('http://yilu.test/street'));
  ({ tilesAround } = await import('../src/street/keep_map'));
});

describe('the map that a phone keeps', () => {
  it('has every tile of every layer that is drawn around the street, by version', () => {
    const tiles = tilesAround([LANE], DISTRICT);
    // at zoom 15 a tile is 0.011 degrees wide: the street and 0.006 degrees around it touch two by two of them
    const roads = tiles.filter(one => one.startsWith('/tiles/roads/15/'));
    expect(roads).toContain('/tiles/roads/15/26628/12654.mvt?v=3');
    expect(roads.length).toBeGreaterThanOrEqual(4);
    expect(tiles.some(one => one.startsWith('/tiles/buildings/13/'))).toBe(false);
    expect(tiles.every(one => /^\/tiles\/\w+\/\d+\/\d+\/\d+\.mvt\?v=[1-5]$/.test(one))).toBe(true);
  });

  it('names no tile twice, however many tasks lie side by side', () => {
    const once = tilesAround([LANE], DISTRICT);
    expect(tilesAround([LANE, LANE], DISTRICT)).toEqual(once);
    expect(tilesAround([LANE, FAR], DISTRICT).length).toBeGreaterThan(once.length * 1.5);
  });
});

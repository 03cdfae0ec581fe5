import { describe, expect, it } from 'vitest';
import { placeFromText, placeToText, readable } from '../src/shared/address';
import { wgs84ToGcj02 } from '../src/shared/gcj02';
import { scaleBar } from '../src/shared/scale';
import { gathered } from '../src/street/map_box';
import type { Point } from '../src/street/tasks_api';

describe('the address', () => {
  it('takes a place there and back', () => {
    const place = { lon: 112.58455, lat: 37.86143, zoom: 13.25 };
    expect(placeFromText(placeToText(place))).toEqual(place);
  });

  it.each(['', 'here', '1,2', '500,1,3', '1,99,3', '1,2,99', 'NaN,1,2'])('takes no place from “%s”', text => {
    expect(placeFromText(text)).toBeNull();
  });

  it('keeps commas and colons readable', () => {
    expect(readable(new URLSearchParams({ open: 'street:S05', layers: 'grid,streets' }))).toBe(
      'open=street:S05&layers=grid,streets',
    );
  });
});

describe('GCJ-02', () => {
  // The values that geo/coordinates.py gives.
  it.each([
    [112.58455, 37.86143, 112.590792, 37.861909],
    [116.397428, 39.90923, 116.403672, 39.910634],
  ])('shifts %d, %d as the server does', (lon, lat, lonShifted, latShifted) => {
    const shifted = wgs84ToGcj02({ lon, lat });
    expect(shifted.lon).toBeCloseTo(lonShifted, 5);
    expect(shifted.lat).toBeCloseTo(latShifted, 5);
  });

  it('leaves places outside China alone', () => {
    expect(wgs84ToGcj02({ lon: 2.35, lat: 48.86 })).toEqual({ lon: 2.35, lat: 48.86 });
  });
});

it('draws the scale as a round distance that fits', () => {
  for (const zoom of [9, 11.3, 13.7, 16.2, 19]) {
    const { metres, px } = scaleBar(37.86, zoom);
    expect(String(metres)).toMatch(/^[125]0*$|^0\.[125]$/);
    expect(px).toBeGreaterThan(40);
    expect(px).toBeLessThanOrEqual(110);
  }
});

describe('marks that would cover each other', () => {
  const STALL: Point = [112.55, 37.87];
  const NEXT_TO_IT: Point = [112.5501, 37.87];
  const ROUND_THE_CORNER: Point = [112.552, 37.87];

  it('are gathered, each once, in the order of urgency', () => {
    const places = [STALL, ROUND_THE_CORNER, NEXT_TO_IT, STALL];
    expect(gathered(places, 20)).toEqual([[0, 2, 3], [1]]);
  });

  it('stand apart where the map is close enough, but for one and the same spot', () => {
    expect(gathered([STALL, NEXT_TO_IT, STALL], 2)).toEqual([[0, 2], [1]]);
    expect(gathered([], 20)).toEqual([]);
  });
});

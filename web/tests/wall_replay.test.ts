import { describe, expect, it } from 'vitest';
import { mercatorX } from '../src/shared/map/mercator';
import { GLIDE_MS, Glide } from '../src/wall/glide';
import { opacitiesFromText, opacitiesToText, withOpacities } from '../src/wall/layer_opacity';
import { lastAtOrBefore, ReplayDay, type Stood } from '../src/wall/replay_day';
import { peopleAt, placeAt, type ReplayedPerson, wayBefore } from '../src/wall/replay_tracks';
import { Trails } from '../src/wall/trails';
import { aCase } from './a_case';

const DAY = Date.parse('2026-11-20T00:00:00+08:00');
const at = (clock: string) => Date.parse(`2026-11-20T${clock}:00+08:00`);

function stood(clock: string, values: Partial<Stood>): Stood {
  const { id: _, number: __, ...item } = aCase();
  return {
    ...item,
    t: new Date(at(clock)).toISOString(),
    events: 1,
    action: 'report',
    ...values,
  };
}

describe('a replayed day', () => {
  const item = aCase({ id: 'a', number: 7, state: 'closed', holder_name: 'today', closed_at: '2026-11-21' });
  const told = {
    cases: [
      {
        item,
        stood: [
          stood('08:00', { state: 'reported', closed_at: null }),
          stood('08:10', { state: 'accepted', action: 'accept', holder: 'p1', events: 2, closed_at: null }),
          stood('09:00', {
            state: 'closed',
            action: 'verify',
            events: 3,
            closed_at: new Date(at('09:00')).toISOString(),
          }),
        ],
      },
    ],
    holders: { p1: ['李管家', 'Li Guanjia', 'alley_steward'] as [string, string, string] },
    on_shift: [
      [0, 2],
      [8 * 3_600, 5],
    ] as [number, number][],
  };

  it('shows no case before it was reported, and each as it stood', () => {
    const day = new ReplayDay(told, DAY);
    expect(day.casesAt(at('07:59'))).toEqual([]);
    const accepted = day.casesAt(at('08:30'))[0];
    expect(accepted).toMatchObject({ state: 'accepted', holder_name: '李管家', number: 7, events: 2 });
    expect(day.caseAt('a', at('08:05'))).toMatchObject({ state: 'reported', holder_name: null });
    expect(day.casesAt(at('23:59'))[0]?.state).toBe('closed');
  });

  it('counts who was on shift, on the map or not', () => {
    const day = new ReplayDay(told, DAY);
    expect(['07:59', '08:00', '23:00'].map(clock => day.onShiftAt(at(clock)))).toEqual([2, 5, 5]);
  });

  it('keeps the same object while nothing changes', () => {
    const day = new ReplayDay(told, DAY);
    expect(day.casesAt(at('08:30'))[0]).toBe(day.casesAt(at('08:31'))[0]);
  });

  it('leads from event to event', () => {
    const day = new ReplayDay(told, DAY);
    expect(day.eventFrom(at('08:00'), 1)?.action).toBe('accept');
    expect(day.eventFrom(at('09:00'), -1)?.action).toBe('accept');
    expect(day.eventFrom(at('09:00'), 1)).toBeUndefined();
    expect(day.busy(24, 86_400_000).slice(7, 10)).toEqual([0, 2, 1]);
  });

  it('finds the last that is not later', () => {
    expect([0, 10, 15, 20, 99].map(limit => lastAtOrBefore([10, 20], limit))).toEqual([-1, 0, 0, 1, 1]);
  });
});

describe('replayed tracks', () => {
  const one: ReplayedPerson = {
    person: 'p1',
    name: '李',
    name_en: 'Li',
    post: 'alley_steward',
    t_s: [0, 60, 1000],
    lon: [112, 112.006, 112.01],
    lat: [37, 37, 37],
    duty_s: [],
  };

  it('glide between near fixes and stay at the first of distant ones', () => {
    expect(placeAt(one, 30)?.[0]).toBeCloseTo(112.003, 9);
    expect(placeAt(one, 200)).toEqual([112.006, 37, 60]);
    expect(placeAt(one, -1)).toBeNull();
  });

  it('show somebody as long as he was on duty or his phone kept sending', () => {
    expect(placeAt(one, 500)).toBeNull();
    expect(placeAt({ ...one, duty_s: [[0, 3600]] }, 500)).toEqual([112.006, 37, 60]);
    expect(peopleAt([one], DAY, DAY + 30_000)[0]).toMatchObject({
      person: 'p1',
      at: new Date(DAY).toISOString(),
    });
  });

  it('tell the way of the last minutes', () => {
    expect(wayBefore(one, 60, 600)).toHaveLength(3);
    expect(wayBefore(one, 1000, 30)).toEqual([
      [112.01, 37],
      [112.01, 37],
    ]);
  });
});

const person = (id: string, lon: number, clock = '10:00') => ({
  person: id,
  name: id,
  name_en: id,
  post: 'grid_worker',
  lon,
  lat: 37,
  at: new Date(at(clock)).toISOString(),
  accuracy_m: null,
});

describe('moving people', () => {
  it('glide from where they were to where they are', () => {
    const glide = new Glide();
    glide.aim([person('a', 112)], 0, () => true);
    glide.aim([person('a', 112.01)], 1000, () => true);
    expect(glide.isMoving).toBe(true);
    const halfway = glide.places(1000 + GLIDE_MS / 2)[0]?.lon ?? 0;
    expect(halfway).toBeGreaterThan(112);
    expect(halfway).toBeLessThan(112.01);
    expect(glide.places(1000 + GLIDE_MS)[0]?.lon).toBe(112.01);
    expect(glide.isMoving).toBe(false);
  });

  it('are put where they are when too many move or nobody looks', () => {
    const glide = new Glide();
    const many = (lon: number) => Array.from({ length: 200 }, (_, n) => person(`${n}`, lon));
    glide.aim(many(112), 0, () => true);
    glide.aim(many(112.1), 1000, () => true);
    expect(glide.isMoving).toBe(false);
    expect(glide.places(1001)[0]?.lon).toBe(112.1);
  });

  it('leave trails of the last ten minutes and no longer', () => {
    const trails = new Trails();
    trails.note([person('a', 112, '10:00')]);
    trails.note([person('a', 112.001, '10:05')]);
    trails.note([person('a', 112.002, '10:09')]);
    const [trail] = trails.ways(at('10:11')).values();
    expect(trail?.map(({ x }) => x)).toEqual([mercatorX(112.001), mercatorX(112.002)]);
    expect(trails.ways(at('10:16')).size).toBe(0);
    expect(trails.ways(at('10:30')).size).toBe(0);
  });

  it('of somebody seen every second keep a corner every few, and end where he is', () => {
    const trails = new Trails();
    const begun = at('10:00');
    for (let second = 0; second <= 600; second += 1) {
      const one = person('a', 112 + second / 100_000, '10:00');
      trails.note([{ ...one, at: new Date(begun + second * 1000).toISOString() }]);
    }
    const [way = []] = trails.ways(begun + 600_000).values();
    expect(way.length).toBeLessThanOrEqual(121);
    expect(way.length).toBeGreaterThan(100);
    expect(way.at(-1)).toMatchObject({ at: begun + 600_000, x: mercatorX(112.006) });
  });
});

describe('opacities', () => {
  it('travel in the address', () => {
    const read = opacitiesFromText('density:40,streets:60,gi:100,cases:5');
    expect([...read]).toEqual([
      ['density', 40],
      ['streets', 60],
    ]);
    expect(opacitiesToText(read)).toBe('density:40,streets:60');
    expect(opacitiesToText(new Map([['density', 100]]))).toBeNull();
  });

  it('make only their own layer fainter, also where its opacity follows the zoom', () => {
    const style = {
      version: 8 as const,
      sources: {},
      layers: [
        { id: 'density', type: 'fill' as const, source: 's', paint: { 'fill-opacity': 0.5 } },
        {
          id: 'street-area',
          type: 'fill' as const,
          source: 's',
          paint: { 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.1, 16, 0.2] },
        },
      ],
    };
    // biome-ignore lint/suspicious/noExplicitAny: the library's types are stricter than what is looked at here
    const faint = withOpacities(style as any, opacitiesFromText('density:40')).layers;
    // biome-ignore lint/suspicious/noExplicitAny: as above
    expect((faint[0] as any).paint['fill-opacity']).toBeCloseTo(0.2);
    expect(faint[1]).toBe(style.layers[1]);
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const zoomed = withOpacities(style as any, opacitiesFromText('streets:50')).layers[1] as any;
    expect(zoomed.paint['fill-opacity'].slice(3)).toEqual([13, 0.05, 16, 0.1]);
  });
});

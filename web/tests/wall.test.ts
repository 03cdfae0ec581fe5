import { describe, expect, it } from 'vitest';
import type { CaseItem } from '../src/shared/case_api';
import { type Outlook, outlookOf } from '../src/shared/map/map_canvas';
import { mercatorX, mercatorY } from '../src/shared/map/mercator';
import { CaseLayer, fanOffset } from '../src/wall/case_layer';
import { endedBefore, markOf, placedOf, secondsLeft } from '../src/wall/case_marks';
import { CaseStore } from '../src/wall/case_store';
import { dayStart } from '../src/wall/day';
import { countKpis } from '../src/wall/kpis';
import { between } from '../src/wall/mark_sprites';
import { NO_FILTER, queueOf } from '../src/wall/queue_filter';
import { summed } from '../src/wall/Sparkline';
import { aCase, at, NOW } from './a_case';

describe('a mark', () => {
  it.each([
    ['new', {}],
    ['offered', { state: 'offered' }],
    ['underway', { state: 'accepted' }],
    ['underway', { state: 'on_site' }],
    ['late', { state: 'on_site', due_at: at(-1) }],
    ['soon', { due_at: at(19) }],
    ['paused', { clock: 'paused', due_at: at(-1) }],
    ['settled', { state: 'resolved', due_at: at(-1) }],
    ['new', { due_at: null, clock: 'unset' }],
  ] as [string, Partial<CaseItem>][])('says %s of %o', (mark, changes) => {
    expect(markOf(aCase(changes), NOW)).toBe(mark);
  });

  it('counts down only while the clock runs', () => {
    expect(secondsLeft(aCase({ due_at: at(5) }), NOW)).toBe(300);
    expect(secondsLeft(aCase({ due_at: at(5), clock: 'paused' }), NOW)).toBeNull();
  });
});

describe('the store', () => {
  const store = () => new CaseStore(act => act());

  it('never lets an older telling overwrite a newer', () => {
    const kept = store();
    const one = aCase({ events: 5, state: 'accepted' });
    kept.put([one]);
    kept.put([{ ...one, events: 4, state: 'offered' }]);
    expect(kept.get(one.id)?.state).toBe('accepted');
    kept.put([{ ...one, events: 6, state: 'on_site' }]);
    expect(kept.get(one.id)?.state).toBe('on_site');
  });

  it('shows an act at once, until the server confirms it or it is taken back', () => {
    const kept = store();
    const one = aCase({ events: 3 });
    kept.put([one]);
    kept.expect(one.id, { clock: 'paused' });
    expect(kept.get(one.id)?.clock).toBe('paused');
    kept.takeBack(one.id);
    expect(kept.get(one.id)).toEqual(one);

    kept.expect(one.id, { clock: 'paused' });
    kept.expect(one.id, { state: 'offered' });
    kept.put([{ ...one, events: 4, clock: 'suspended' }]);
    expect(kept.get(one.id)?.clock).toBe('suspended');
    kept.takeBack(one.id);
    expect(kept.get(one.id)?.events).toBe(4);
  });

  it('draws a burst once', () => {
    const frames: (() => void)[] = [];
    const kept = new CaseStore(act => void frames.push(act));
    kept.put([aCase()]);
    kept.put([aCase()]);
    expect(frames).toHaveLength(1);
    frames[0]?.();
    expect(kept.revision.value).toBe(1);
    expect(kept.changed.value.size).toBe(2);
    expect(kept.all.value).toHaveLength(2);
  });

  it('lets go of what ended before today, so that a wall may stand for weeks', () => {
    const kept = store();
    const since = dayStart(NOW);
    const old = new Date(since - 1000).toISOString();
    const over = aCase({ state: 'closed', reported_at: old, resolved_at: old, closed_at: old });
    const open = aCase({ reported_at: old });
    const today = aCase({ state: 'closed', closed_at: at(-5) });
    kept.put([over, open, today]);
    kept.prune(item => endedBefore(item, since));
    expect(kept.all.value.map(item => item.id)).toEqual([open.id, today.id]);
  });

  it('forgets what a fresh list does not hold, but nothing that came meanwhile', () => {
    const kept = store();
    const [old, meanwhile, listed] = [aCase(), aCase(), aCase()];
    kept.put([old, meanwhile, listed]);
    kept.replace([listed], item => item.id === meanwhile.id);
    expect(kept.all.value.map(item => item.id).sort()).toEqual([meanwhile.id, listed.id].sort());
  });
});

describe('the queue', () => {
  const text = (one: CaseItem) => `#${one.number} ${one.description}`;

  it('puts late first, then new, then offered; among equals the graver first', () => {
    const offered = aCase({ state: 'offered' });
    const late = aCase({ due_at: at(-5) });
    const graver = aCase({ severity: 4 });
    const lighter = aCase({ severity: 1 });
    const order = queueOf([offered, lighter, graver, late], NO_FILTER, NOW, text).map(({ one }) => one.id);
    expect(order).toEqual([late.id, graver.id, lighter.id, offered.id]);
  });

  it('keeps what did not change, as it would be sorted afresh', () => {
    let all = Array.from({ length: 60 }, (_, place) =>
      aCase({ severity: 1 + (place % 5), due_at: at(place * 7 - 30) }),
    );
    let queued = queueOf(all, NO_FILTER, NOW, text);
    expect(queueOf(all, NO_FILTER, NOW, text, queued)).toBe(queued);
    for (let minute = 0; minute < 300; minute += 13) {
      all = all.map((one, place) => (place % 13 === minute % 13 ? { ...one, state: 'offered' } : one));
      if (minute % 2) all = [...all.slice(1), aCase()];
      const now = NOW + minute * 60_000;
      queued = queueOf(all, NO_FILTER, now, text, queued);
      expect(queued).toEqual(queueOf([...all], NO_FILTER, now, text));
    }
  });

  it('is narrowed by area, words and state', () => {
    const here = aCase({ description: '井盖松动' });
    const there = aCase({ area: '990101002001001' });
    const done = aCase({ state: 'closed', closed_at: at(-5) });
    const before = new Date(dayStart(NOW) - 1000).toISOString();
    const doneBefore = aCase({ state: 'closed', reported_at: before, filed_at: before, closed_at: before });
    const all = [here, there, done, doneBefore];
    expect(queueOf(all, NO_FILTER, NOW, text)).toHaveLength(2);
    expect(queueOf(all, { ...NO_FILTER, area: '990101002' }, NOW, text)[0]?.one).toBe(there);
    expect(queueOf(all, { ...NO_FILTER, words: '井盖' }, NOW, text)[0]?.one).toBe(here);
    expect(queueOf(all, { ...NO_FILTER, show: 'settled' }, NOW, text).map(({ one }) => one)).toEqual([done]);
    expect(queueOf(all, { ...NO_FILTER, show: 'today' }, NOW, text)).toHaveLength(3);
    expect(queueOf(all, { ...NO_FILTER, show: 'filed' }, NOW, text)).toHaveLength(3);
    expect(queueOf(all, { ...NO_FILTER, show: 'all' }, NOW, text)).toHaveLength(4);
  });
});

describe('the numbers of the day', () => {
  const since = dayStart(NOW);

  it('begin at midnight by the city’s clock', () => {
    expect(new Date(since).toISOString()).toBe('2026-11-20T16:00:00.000Z');
  });

  it('count what they say', () => {
    const yesterday = new Date(since - 3_600_000).toISOString();
    const kpis = countKpis(
      [
        aCase(),
        aCase({ state: 'offered' }),
        aCase({ clock: 'suspended' }),
        aCase({ state: 'on_site', due_at: at(-1) }),
        aCase({ state: 'closed', resolved_at: at(-10), satisfaction: 5 }),
        aCase({ state: 'resolved', resolved_at: at(-10), due_at: at(-20), satisfaction: 2 }),
        aCase({ state: 'merged' }),
        aCase({ reported_at: yesterday, filed_at: yesterday, state: 'closed', resolved_at: yesterday }),
      ],
      NOW,
      since,
    );
    expect(kpis).toEqual({
      reported: 6,
      filed: 6,
      waiting: 2,
      underway: 1,
      late: 1,
      soon: 0,
      closed: 2,
      closingRate: 2 / 6,
      onTime: 1 / 2,
      satisfied: 1 / 2,
    });
  });

  it('divide nothing by nothing', () => {
    const { closingRate, onTime, satisfied } = countKpis([], NOW, since);
    expect([closingRate, onTime, satisfied]).toEqual([null, null, null]);
  });
});

describe('the day’s curve', () => {
  it('adds up the hours until the first that is still to come', () => {
    expect(summed([1, 0, 3, null, null])).toEqual([1, 1, 4]);
    expect(summed([null])).toEqual([]);
  });
});

describe('on the map', () => {
  const placed = (one: CaseItem) => placedOf(one, NOW);
  const offsetOf = (layer: CaseLayer, one: CaseItem) => layer.get(one.id)?.offset ?? [Number.NaN, Number.NaN];

  it('cases that share a place fan out around it, and none hides another', () => {
    const layer = new CaseLayer();
    const [one, other, elsewhere] = [aCase(), aCase(), aCase({ at: [112.6, 37.86] })];
    layer.show([one, other, elsewhere].map(placed));
    const [left, right] = [offsetOf(layer, one), offsetOf(layer, other)];
    expect(offsetOf(layer, elsewhere)).toEqual([0, 0]);
    expect(Math.hypot(left[0] - right[0], left[1] - right[1])).toBeGreaterThan(20);
    const many = Array.from({ length: 12 }, (_, place) => fanOffset(place, 12).join());
    expect(new Set(many).size).toBe(12);
    layer.show([placed({ ...one, state: 'offered' }), placed(other), placed(elsewhere)]);
    expect(offsetOf(layer, one)).toEqual(left);
    layer.show([placed(other)]);
    expect(offsetOf(layer, other)).toEqual([0, 0]);
    expect([...layer.marks].map(mark => mark.placed.one.id)).toEqual([other.id]);
  });

  it('cases gather by community, and the worst gives the colour', () => {
    const layer = new CaseLayer();
    const late = aCase({ due_at: at(-1) });
    const rest = [aCase(), aCase({ area: '990101002001001' })];
    const looks = () => layer.gathered('community').map(({ count, worst }) => [count, worst]);
    layer.show([late, ...rest].map(placed));
    expect(looks()).toEqual([
      [2, 'late'],
      [1, 'new'],
    ]);
    layer.show(rest.map(placed));
    expect(looks()).toEqual([
      [1, 'new'],
      [1, 'new'],
    ]);
  });

  it('only what changed is painted anew', () => {
    const layer = new CaseLayer();
    const [one, other] = [aCase(), aCase({ at: [112.6, 37.8] })];
    expect(layer.show([placed(one), placed(other)])).toBe(true);
    const drawn = layer.get(other.id);
    expect(layer.show([placed(one), placed(other)])).toBe(false);
    expect(layer.show([placed({ ...one, state: 'offered' }), placed(other)])).toBe(true);
    expect(layer.get(other.id)).toBe(drawn);
    expect(layer.show([placed(other)])).toBe(true);
    expect(layer.get(one.id)).toBeUndefined();
  });

  it('after any changes shows what a fresh drawing would', () => {
    const layer = new CaseLayer();
    let shown: CaseItem[] = Array.from({ length: 40 }, (_, place) =>
      aCase({ at: [112.5 + (place % 7) / 1000, 37.8] }),
    );
    for (let round = 0; round < 30; round += 1) {
      shown = shown
        .filter((_, place) => (place + round) % 11 !== 0)
        .map((one, place) =>
          (place + round) % 5 === 0
            ? { ...one, state: round % 2 ? ('offered' as const) : ('filed' as const) }
            : one,
        )
        .concat(aCase({ at: [112.5 + (round % 7) / 1000, 37.8] }));
      layer.show(shown.map(placed));
      const drawn = [...layer.marks].map(mark => [mark.placed.one.id, mark.placed.mark] as const);
      expect(new Map(drawn)).toEqual(new Map(shown.map(one => [one.id, markOf(one, NOW)])));
      const spread = new Set([...layer.marks].map(({ x, y, offset }) => [x, y, ...offset].join()));
      expect(spread.size).toBe(shown.length);
      const gathered = layer.gathered('grid');
      expect(gathered.reduce((sum, { count }) => sum + count, 0)).toBe(shown.length);
    }
  });
});

describe('over the map', () => {
  const camera = { center: { lng: 112.55, lat: 37.86 }, zoom: 13, bearing: 0 };
  const point = (outlook: Outlook, lon: number, lat: number) => {
    const [x, y] = [mercatorX(lon), mercatorY(lat)];
    return [outlook.x(x, y), outlook.y(x, y)] as const;
  };

  it('the middle stays the middle, and a turn of the map turns what lies beside it', () => {
    const [x, y] = point(outlookOf(camera, 800, 600, 1), 112.55, 37.86);
    expect([x, y]).toEqual([400, 300]);
    const [east, level] = point(outlookOf(camera, 800, 600, 1), 112.56, 37.86);
    // One hundredth of a degree of the 360 that 512 * 2^13 pixels show.
    expect(east - 400).toBeCloseTo((0.01 / 360) * 512 * 2 ** 13, 3);
    expect(level).toBeCloseTo(300, 6);
    // With east up, what lies to the east is above the middle.
    const [across, up] = point(outlookOf({ ...camera, bearing: 90 }, 800, 600, 1), 112.56, 37.86);
    expect(across).toBeCloseTo(400, 6);
    expect(300 - up).toBeCloseTo(east - 400, 6);
  });

  it('a sharper screen has more of its own pixels for the same place', () => {
    const [x, y] = point(outlookOf(camera, 800, 600, 1), 112.57, 37.85);
    const [sharpX, sharpY] = point(outlookOf(camera, 1600, 1200, 2), 112.57, 37.85);
    expect(sharpX).toBeCloseTo(2 * x, 6);
    expect(sharpY).toBeCloseTo(2 * y, 6);
  });

  it('sizes go straight from stop to stop and stay at the ends', () => {
    const stops = [
      [11, 0.5],
      [14, 1],
      [16, 3],
    ] as const;
    expect([9, 11, 12.5, 14, 15, 16, 20].map(zoom => between(stops, zoom))).toEqual([
      0.5, 0.5, 0.75, 1, 2, 3, 3,
    ]);
  });
});

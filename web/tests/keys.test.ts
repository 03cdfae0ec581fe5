import { afterEach, describe, expect, it } from 'vitest';
import { DISTRICT_KEYS } from '../src/district/DistrictKeys';
import type { KeyAct } from '../src/shared/keys';
import { language } from '../src/shared/language';
import { DESK_ACTS } from '../src/wall/case_acts';
import { keysOfNow, MAP_KEYS } from '../src/wall/map_keys';
import { replayMoment } from '../src/wall/replay';
import { DESK_KEYS } from '../src/wall/WallKeys';

/** Every table of keys that one page listens to at once. */
const TABLES: Record<string, () => readonly KeyAct[]> = {
  'the desk, with all that its help lists': () => [...DESK_KEYS, ...MAP_KEYS],
  'the desk as it listens': () => keysOfNow(DESK_KEYS),
  'the desk in a replay': () => {
    replayMoment.value = Date.now() - 60_000;
    return keysOfNow(DESK_KEYS);
  },
  'the district': () => DISTRICT_KEYS,
};

describe.each(Object.entries(TABLES))('%s', (_, table) => {
  afterEach(() => {
    replayMoment.value = null;
    language.value = 'zh';
  });

  it('gives no key to two things', () => {
    const keys = table().map(act => act.keys);
    expect(keys.length).toBeGreaterThan(4);
    expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
  });

  it('acts on no key that begins a pair: the pair could never be pressed', () => {
    const keys = table().map(act => act.keys);
    const firsts = keys.filter(key => key.length === 3 && key[1] === ' ').map(key => key[0]);
    expect(keys.filter(key => firsts.includes(key))).toEqual([]);
  });

  it('says of each key what it does, in both languages, and of no two the same', () => {
    for (const chosen of ['zh', 'en'] as const) {
      language.value = chosen;
      const said = table().map(act => act.says());
      expect(said.every(Boolean)).toBe(true);
      expect(said.filter((words, place) => said.indexOf(words) !== place)).toEqual([]);
    }
  });
});

it('the key beside a button is the key that does it', () => {
  const heard = new Set(DESK_KEYS.map(act => act.keys));
  const shown = Object.values(DESK_ACTS).flatMap(act => ('key' in act && act.key ? [act.key] : []));
  expect(shown.length).toBeGreaterThan(5);
  expect(shown.filter(key => !heard.has(key))).toEqual([]);
});

import { afterEach, describe, expect, it } from 'vitest';
import * as formats from '../src/shared/formats';
import { language } from '../src/shared/language';

const MOMENT = '2026-11-21T06:05:09+00:00';

afterEach(() => {
  language.value = 'zh';
});

describe('in Chinese', () => {
  it('says moments by the clock of the city', () => {
    expect(formats.dateAndTime(MOMENT)).toBe('2026年11月21日 14:05');
    expect(formats.shortMoment(MOMENT)).toBe('11月21日 14:05');
    expect(formats.clockWithSeconds(MOMENT)).toBe('14:05:09');
    expect(formats.weekday(MOMENT)).toBe('星期六');
  });

  it.each([
    [12, '12 米'],
    [354, '350 米'],
    [996, '1.0 公里'],
    [1249, '1.2 公里'],
    [120_400, '120 公里'],
  ])('says %d metres as %s', (metres, said) => expect(formats.distance(metres)).toBe(said));

  it.each([
    [45, '45 秒'],
    [240, '4 分钟'],
    [7500, '2 小时 5 分钟'],
    [3600, '1 小时'],
    [86_400 * 3, '3 天'],
  ])('says %d seconds as %s', (seconds, said) => expect(formats.duration(seconds)).toBe(said));

  it.each([
    [850, '850 平方米'],
    [34_000, '3.4 公顷'],
    [12_500_000, '12.5 平方公里'],
  ])('says %d square metres as %s', (area, said) => expect(formats.area(area)).toBe(said));
});

describe('in English', () => {
  it('says the same', () => {
    language.value = 'en';
    expect(formats.dateAndTime(MOMENT)).toBe('21 November 2026, 14:05');
    expect(formats.shortMoment(MOMENT)).toBe('21 Nov, 14:05');
    expect(formats.distance(1249)).toBe('1.2 km');
    expect(formats.duration(7500)).toBe('2 h 5 min');
    expect(formats.area(34_000)).toBe('3.4 ha');
  });
});

it('counts down in a narrow column', () => {
  expect(formats.countdown(200)).toBe('3:20');
  expect(formats.countdown(3729)).toBe('1:02:09');
  expect(formats.countdown(-61)).toBe('1:01');
});

it('groups digits and rounds shares', () => {
  expect(formats.number(196_676)).toBe('196,676');
  expect(formats.percent(0.9641, 1)).toBe('96.4%');
});

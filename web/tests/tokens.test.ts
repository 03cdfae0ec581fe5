import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources } from './sources';

const css = readFileSync(join(import.meta.dirname, '../src/shared/style/tokens.css'), 'utf8');

function tokensOf(selector: string): Map<string, string> {
  const start = css.indexOf(selector);
  if (start < 0) throw new Error(`no ${selector} in tokens.css`);
  const block = css.slice(start).split('}')[0] ?? '';
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+):\s*([^;]+);/g)].map(match => [match[1] ?? '', match[2] ?? '']),
  );
}

const light = tokensOf(':root {');
const dark = new Map([...light, ...tokensOf(':root[data-theme="dark"]')]);

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map(place => Number.parseInt(hex.slice(place, place + 2), 16) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const TEXT: [string, string[]][] = [
  [
    'ink',
    ['paper', 'surface', 'raised', 'hover', 'selected', 'soon-wash', 'late-wash', 'new-wash', 'settled-wash'],
  ],
  ['ink-2', ['paper', 'surface', 'raised', 'hover', 'selected', 'sunken']],
  ['ink-3', ['paper', 'surface', 'raised', 'hover', 'sunken', 'selected']],
  ['accent', ['paper', 'surface', 'raised']],
  ['on-accent', ['accent', 'accent-hover']],
  ['state-late', ['surface', 'raised', 'late-wash']],
  ['map-label', ['map-land', 'map-halo']],
  ['map-label-quiet', ['map-land', 'map-halo']],
  ['map-water-label', ['map-water', 'map-halo']],
  ['map-green-label', ['map-green', 'map-halo']],
];

const STATES = ['new', 'offered', 'underway', 'settled', 'soon', 'late', 'paused'];
const MARKS: [string, string[]][] = [
  ...STATES.map((state): [string, string[]] => [
    `state-${state}`,
    ['surface', 'raised', 'map-land', 'map-green'],
  ]),
  ...Array.from({ length: 8 }, (_, hue): [string, string[]] => [`hue-${hue}`, ['map-land', 'surface']]),
  ['line-strong', ['surface', 'raised', 'paper']],
  ['focus', ['surface', 'raised', 'paper']],
  ['map-boundary', ['map-land', 'map-green']],
];

describe.each([
  ['light', light],
  ['dark', dark],
] as const)('%s', (_, theme) => {
  const value = (name: string) => theme.get(name) ?? '';
  const pairs = (table: [string, string[]][]) =>
    table.flatMap(([name, grounds]) => grounds.map(ground => ({ name, ground })));

  it.each(pairs(TEXT))('$name is read on $ground', ({ name, ground }) => {
    expect(contrast(value(name), value(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(pairs(MARKS))('$name is seen on $ground', ({ name, ground }) => {
    expect(contrast(value(name), value(ground))).toBeGreaterThanOrEqual(3);
  });
});

/** Machado et al. 2009: how colours look to those who lack a kind of cone. */
const BLINDNESS: Record<string, number[][]> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

describe.each(Object.entries(BLINDNESS))('seen with %s', (_, matrix) => {
  const seen = (hex: string): number[] => {
    const linear = [1, 3, 5]
      .map(place => Number.parseInt(hex.slice(place, place + 2), 16) / 255)
      .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return matrix.map(row => row.reduce((sum, weight, index) => sum + weight * (linear[index] ?? 0), 0));
  };

  it.each([
    ['light', light],
    ['dark', dark],
  ] as const)('late stands apart from under way and settled (%s)', (_theme, theme) => {
    const late = seen(theme.get('state-late') ?? '');
    for (const other of ['state-underway', 'state-settled', 'state-new']) {
      const colour = seen(theme.get(other) ?? '');
      const apart = Math.hypot(...late.map((part, index) => part - (colour[index] ?? 0)));
      expect(apart, other).toBeGreaterThan(0.08);
    }
  });
});

describe('the sources', () => {
  it('name no token that does not exist', () => {
    const known = new Set([...light.keys(), 'side']);
    const unknown = sources(/\.(css|tsx?)$/)
      .flatMap(({ path, text }) =>
        [...text.matchAll(/var\(--([a-z0-9-]+)/g)].map(match => [path, match[1] ?? '']),
      )
      .filter(([, name]) => !known.has(name ?? ''));
    expect(unknown).toEqual([]);
  });

  it('hold no colour of their own in style sheets', () => {
    const own = sources(/\.css$/)
      .filter(({ path }) => !path.endsWith('tokens.css'))
      .flatMap(({ path, text }) => [...text.matchAll(/#[0-9a-f]{6}\b/gi)].map(match => [path, match[0]]));
    expect(own).toEqual([]);
  });

  it('call no address outside the server', () => {
    const outside = sources(/\.(css|tsx?|js)$/)
      .flatMap(({ path, text }) =>
        [...text.matchAll(/https?:\/\/[^\s'"`);]+/g)].map(match => [path, match[0]]),
      )
      .filter(([, found]) => found !== 'http://www.w3.org/2000/svg');
    expect(outside).toEqual([]);
  });
});

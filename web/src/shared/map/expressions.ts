import type { ExpressionSpecification } from 'maplibre-gl';
import { language } from '../language';
import { STREET_HUES, tokens } from '../palette';

/** The pieces that the map's layers are put together from. */

/** No glyphs are fetched: text is drawn from the machine's own fonts, Chinese too. */
const FAMILIES = [
  'PingFang SC',
  'Microsoft YaHei',
  'Noto Sans CJK SC',
  'Source Han Sans SC',
  'WenQuanYi Micro Hei',
];
export const FONT = FAMILIES;
/** The map reads the weight out of the first name. */
export const FONT_BOLD = ['PingFang SC Semibold', ...FAMILIES];

export function label(): ExpressionSpecification {
  return language.value === 'en'
    ? ['coalesce', ['get', 'name_en'], ['get', 'name']]
    : ['coalesce', ['get', 'name'], ''];
}

/** The muted colour of a street's task force. */
export function hueColour(): ExpressionSpecification {
  const colours = tokens('hue', STREET_HUES);
  const cases = colours.flatMap((colour, hue) => [hue, colour]);
  return ['match', ['get', 'hue'], ...cases, colours[0]] as unknown as ExpressionSpecification;
}

/** A size that grows with the zoom: pairs of zoom and size. */
export function byZoom(
  ...stops: [zoom: number, size: number | ExpressionSpecification][]
): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.6], ['zoom'], ...stops.flat()] as ExpressionSpecification;
}

/** One value for the thing under the pointer, one for the chosen, one for all others. */
export function byAttention(hovered: number, chosen: number, other: number): ExpressionSpecification {
  return [
    'case',
    ['boolean', ['feature-state', 'chosen'], false],
    chosen,
    ['boolean', ['feature-state', 'hovered'], false],
    hovered,
    other,
  ];
}

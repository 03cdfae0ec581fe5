import { theme } from './theme';

/** A design token's value as it stands now: for canvases and the map, which know no CSS variables. */
export function token(name: string): string {
  // Reading the theme here makes whoever computes with a token follow the switch.
  void theme.value;
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function tokens(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => token(`${prefix}-${index}`));
}

export const STREET_HUES = 8;

import { computed, signal } from '@preact/signals';
import { remembered } from './remembered';

export type Theme = 'light' | 'dark';
export type ThemeChoice = Theme | 'auto';

const isChoice = (value: unknown): value is ThemeChoice =>
  value === 'light' || value === 'dark' || value === 'auto';

/** What the person chose; 'auto' follows the machine. */
export const themeChoice = remembered<ThemeChoice>('theme', 'auto', isChoice);

const wantsDark = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null;
const machineIsDark = signal(wantsDark?.matches ?? false);
wantsDark?.addEventListener('change', event => {
  machineIsDark.value = event.matches;
});

/** What is shown. */
export const theme = computed<Theme>(() => {
  if (themeChoice.value !== 'auto') return themeChoice.value;
  return machineIsDark.value ? 'dark' : 'light';
});

theme.subscribe(shown => {
  if (typeof document !== 'undefined') document.documentElement.dataset.theme = shown;
});

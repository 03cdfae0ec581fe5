import { type Signal, signal } from '@preact/signals';

/** A signal that this browser keeps between visits, and that its other tabs follow. */
export function remembered<T>(key: string, initial: T, isValid: (value: unknown) => value is T): Signal<T> {
  const place = `yilu.${key}`;
  const kept = signal<T>(read(place, initial, isValid));
  let first = true;
  kept.subscribe(value => {
    if (first) {
      first = false;
      return;
    }
    write(place, value);
  });
  globalThis.addEventListener?.('storage', event => {
    if ((event as StorageEvent).key === place) kept.value = read(place, initial, isValid);
  });
  return kept;
}

/** Plain words are kept as they are, so that early.js can read them without a parser. */
function read<T>(place: string, initial: T, isValid: (value: unknown) => value is T): T {
  try {
    const text = localStorage.getItem(place);
    if (text === null) return initial;
    if (isValid(text)) return text;
    const value: unknown = JSON.parse(text);
    return isValid(value) ? value : initial;
  } catch {
    return initial;
  }
}

function write(place: string, value: unknown): void {
  try {
    localStorage.setItem(place, typeof value === 'string' ? value : JSON.stringify(value));
  } catch {
    // Storage may be full or forbidden: the choice then lasts for this visit only.
  }
}

import { signal } from '@preact/signals';
import { ask } from '../shared/api';

/** Where the phone is; told to the server on shift only. */

export interface Fix {
  lon: number;
  lat: number;
  accuracy_m: number;
  at: string;
}

export const here = signal<Fix | null>(null);
export const placeRefused = signal(false);

const SEND_EVERY_MS = 12_000;
const MOST_KEPT = 500;

/** When positions last reached the server, and how many wait: the phone shows it while they are sent. */
export const lastSentAt = signal<number | null>(null);
export const unsentFixes = signal(0);

let watching: number | null = null;
let sending: ReturnType<typeof setInterval> | null = null;
let unsent: Fix[] = [];

function taken(position: GeolocationPosition): Fix {
  const { longitude, latitude, accuracy } = position.coords;
  return {
    lon: longitude,
    lat: latitude,
    accuracy_m: accuracy,
    at: new Date(position.timestamp).toISOString(),
  };
}

/** Hours without a network are more fixes than a message holds: every other of the older half goes. */
function thinned(fixes: Fix[]): Fix[] {
  if (fixes.length <= MOST_KEPT) return fixes;
  const half = fixes.length >> 1;
  return [...fixes.slice(0, half).filter((_, number) => number % 2 === 0), ...fixes.slice(half)];
}

/** A phone that is switched off in a basement still brings its walk home. */
const UNSENT = 'yilu.street.unsent';

function keepUnsent(fixes: readonly Fix[]): void {
  try {
    if (fixes.length > 0) localStorage.setItem(UNSENT, JSON.stringify(fixes));
    else localStorage.removeItem(UNSENT);
  } catch {
    // The phone is full: they are sent from memory, or not at all.
  }
}

function keptUnsent(): Fix[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(UNSENT) ?? '[]');
    return Array.isArray(kept) ? (kept as Fix[]) : [];
  } catch {
    return [];
  }
}

export function locateOnce(): void {
  navigator.geolocation?.getCurrentPosition(
    position => {
      here.value = taken(position);
      placeRefused.value = false;
    },
    () => {
      placeRefused.value = true;
    },
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 },
  );
}

async function sendFixes(): Promise<void> {
  if (unsent.length === 0) return;
  const going = unsent;
  unsent = [];
  try {
    await ask('/positions', { method: 'POST', body: { fixes: going } });
    lastSentAt.value = Date.now();
  } catch {
    unsent = thinned([...going, ...unsent]);
  }
  unsentFixes.value = unsent.length;
  keepUnsent(unsent);
}

/** Follow the phone while on shift; stop, and forget what was not sent, when the shift ends. */
export function followWhile(onShift: boolean): void {
  if (onShift && watching === null && navigator.geolocation) {
    watching = navigator.geolocation.watchPosition(
      position => {
        here.value = taken(position);
        placeRefused.value = false;
        unsent.push(here.value);
        unsentFixes.value = unsent.length;
      },
      () => {
        placeRefused.value = true;
      },
      { enableHighAccuracy: true, maximumAge: 5_000 },
    );
    unsent = [...keptUnsent(), ...unsent];
    sending = setInterval(() => void sendFixes(), SEND_EVERY_MS);
  }
  if (!onShift && watching !== null) {
    navigator.geolocation.clearWatch(watching);
    if (sending) clearInterval(sending);
    watching = null;
    sending = null;
    unsent = [];
    unsentFixes.value = 0;
    keepUnsent(unsent);
  }
}

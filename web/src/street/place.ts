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
  } catch {
    unsent = [...going, ...unsent].slice(-MOST_KEPT);
  }
}

/** Follow the phone while on shift; stop, and forget what was not sent, when the shift ends. */
export function followWhile(onShift: boolean): void {
  if (onShift && watching === null && navigator.geolocation) {
    watching = navigator.geolocation.watchPosition(
      position => {
        here.value = taken(position);
        placeRefused.value = false;
        unsent.push(here.value);
      },
      () => {
        placeRefused.value = true;
      },
      { enableHighAccuracy: true, maximumAge: 5_000 },
    );
    sending = setInterval(() => void sendFixes(), SEND_EVERY_MS);
  }
  if (!onShift && watching !== null) {
    navigator.geolocation.clearWatch(watching);
    if (sending) clearInterval(sending);
    watching = null;
    sending = null;
    unsent = [];
  }
}

import { signal } from '@preact/signals';
import { ask } from './api';

/** Whether the district is being played at the moment; every page says so, and asks again now and then. */

export interface Drill {
  playing: boolean;
  wanted: boolean;
  attached: boolean;
  possible: boolean;
  pace: number;
  phones: number;
  awake: number;
  cases: number;
}

export const drill = signal<Drill | null>(null);

const LOOK_EVERY_MS = 10_000;

async function look(): Promise<void> {
  if (document.hidden || !navigator.onLine) return;
  try {
    drill.value = await ask<Drill>('/drill');
  } catch {
    // What was last known stays; the page itself says when the server is not to be reached.
  }
}

/** Keep looking, until the returned function is called. */
export function followDrill(): () => void {
  void look();
  const again = setInterval(() => void look(), LOOK_EVERY_MS);
  const back = () => void look();
  document.addEventListener('visibilitychange', back);
  return () => {
    clearInterval(again);
    document.removeEventListener('visibilitychange', back);
  };
}

export async function switchDrill(on: boolean): Promise<void> {
  const asked = await ask<Drill>('/drill', { method: 'PUT', body: { on } });
  // Its people come and go within seconds; until then the page goes by what was wanted.
  drill.value = { ...asked, playing: on && asked.playing };
}

/** Takes away what the drill left; says how many cases that were. */
export async function clearDrill(): Promise<number> {
  const gone = await ask<{ cases: number }>('/drill/cases', { method: 'DELETE' });
  await look();
  return gone.cases;
}

import { effect } from '@preact/signals';
import { newest } from './alarms';
import { isReplaying } from './replay';
import { cases, form, openCase, openId, scene } from './state';

/** The wall leads the room's eyes to what is urgent, and back; never while somebody steers. */

const SHOWN_MS = 25_000;
const LEADING = new Set(['urgent', 'help']);

export function followNews(isSteered: () => boolean): () => void {
  let led: { key: string; timer: ReturnType<typeof setTimeout> } | null = null;
  const stop = effect(() => {
    const alarm = newest.value;
    if (
      !alarm ||
      form.value !== 'wall' ||
      !LEADING.has(alarm.kind) ||
      led?.key === alarm.key ||
      isSteered() ||
      isReplaying.peek()
    )
      return;
    const one = cases.get(alarm.case);
    if (!one) return;
    if (led) clearTimeout(led.timer);
    scene.value?.showPlace({ lon: one.at[0], lat: one.at[1] });
    openCase(one.id);
    const back = () => {
      if (isSteered() || openId.peek() !== one.id) return;
      openCase(null);
      scene.peek()?.showWhole();
    };
    led = { key: alarm.key, timer: setTimeout(back, SHOWN_MS) };
  });
  return () => {
    stop();
    if (led) clearTimeout(led.timer);
  };
}

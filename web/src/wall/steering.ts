import { useEffect, useState } from 'preact/hooks';

const REST_AFTER_MS = 8_000;
const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchstart'] as const;

let steered = true;
/** The same for whoever draws nothing. */
export const isSteered = () => steered;

/** Whether somebody is at the controls: the wall shows them only then, and follows the news only else. */
export function useSteering(): boolean {
  const [steering, setSteering] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const wake = () => {
      steered = true;
      setSteering(true);
      clearTimeout(timer);
      timer = setTimeout(() => {
        steered = false;
        setSteering(false);
      }, REST_AFTER_MS);
    };
    wake();
    for (const sign of SIGNS) addEventListener(sign, wake, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS) removeEventListener(sign, wake);
    };
  }, []);
  return steering;
}

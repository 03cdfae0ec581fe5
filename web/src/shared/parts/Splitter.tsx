import type { Signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { sharedWords } from '../words';
import './layout.css';

interface SplitterProps {
  width: Signal<number>;
  least: number;
  most: number;
  /** Which side of the splitter the column stands on. */
  column: 'left' | 'right';
  label: string;
}

const KEY_STEP_PX = 16;

/** The line between two columns: dragged, or moved by the arrow keys; the width is the owner's to remember. */
export function Splitter({ width, least, most, column, label }: SplitterProps) {
  const [held, setHeld] = useState(false);
  const turn = column === 'left' ? 1 : -1;
  const put = (value: number) => {
    width.value = Math.round(Math.min(most, Math.max(least, value)));
  };

  function grab(event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement;
    const [startX, startWidth] = [event.clientX, width.value];
    handle.setPointerCapture(event.pointerId);
    setHeld(true);
    const drag = (move: PointerEvent) => put(startWidth + (move.clientX - startX) * turn);
    const drop = () => {
      setHeld(false);
      handle.removeEventListener('pointermove', drag);
    };
    handle.addEventListener('pointermove', drag);
    handle.addEventListener('lostpointercapture', drop, { once: true });
  }

  function press(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? KEY_STEP_PX : event.key === 'ArrowLeft' ? -KEY_STEP_PX : 0;
    if (step === 0) return;
    event.preventDefault();
    put(width.value + step * turn);
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is moved is no <hr>
    <div
      class={`splitter${held ? ' splitter--held' : ''}`}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width.value}
      aria-valuemin={least}
      aria-valuemax={most}
      title={sharedWords().resize}
      onPointerDown={grab}
      onKeyDown={press}
    />
  );
}

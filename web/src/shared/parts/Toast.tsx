import { signal } from '@preact/signals';
import { sharedWords } from '../words';
import { Button, IconButton } from './Button';
import './dialog.css';

interface ToastMessage {
  id: number;
  text: string;
  /** What takes the act back, as long as the message stands. */
  undo?: () => void;
}

const messages = signal<readonly ToastMessage[]>([]);
let lastId = 0;

const STANDS_MS = 5_000;
const STANDS_WITH_UNDO_MS = 10_000;

/** Say in a line what was done; it goes by itself. */
export function say(text: string, undo?: () => void): void {
  lastId += 1;
  const id = lastId;
  const others = messages.value.filter(message => undo || message.text !== text);
  messages.value = [...others.slice(-2), { id, text, ...(undo ? { undo } : {}) }];
  setTimeout(() => dismiss(id), undo ? STANDS_WITH_UNDO_MS : STANDS_MS);
}

/** Take the last act back that still can be; false when there is none. */
export function undoLast(): boolean {
  const last = messages.value.findLast(message => message.undo);
  last?.undo?.();
  if (last) dismiss(last.id);
  return last !== undefined;
}

function dismiss(id: number): void {
  messages.value = messages.value.filter(message => message.id !== id);
}

/** Once in each page. */
export function Toasts() {
  const t = sharedWords();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {messages.value.map(({ id, text, undo }) => (
        <div class="toast" key={id}>
          <span>{text}</span>
          {undo && (
            <Button
              onClick={() => {
                undo();
                dismiss(id);
              }}
            >
              {t.undo}
            </Button>
          )}
          <IconButton icon="close" label={t.close} onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}

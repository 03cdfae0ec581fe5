import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { sharedWords } from '../words';
import { IconButton } from './Button';
import './dialog.css';

interface DialogProps {
  title: string;
  onClose: () => void;
  /** The buttons: what it does first, cancel last. Ctrl and Enter press the first. */
  acts?: ComponentChildren;
  children: ComponentChildren;
}

/** A question that must be answered first. The browser keeps the focus inside and gives it back after. */
export function Dialog({ title, onClose, acts, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const dialog = element.current;
    // A browser may close it without asking, e.g. at the second Escape in a row.
    const closed = () => close.current();
    dialog?.addEventListener('close', closed);
    dialog?.showModal();
    // Whoever begins to type at once writes into the first field: by themselves browsers choose the button that closes.
    dialog?.querySelector<HTMLElement>('.dialog__body :is(input, select, textarea)')?.focus();
    return () => {
      dialog?.removeEventListener('close', closed);
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={event => {
        // The page's own keys are not meant while a question is open.
        event.stopPropagation();
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        element.current?.querySelector<HTMLElement>('.dialog__foot button')?.click();
      }}
    >
      <div class="dialog__frame">
        <header class="dialog__head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={sharedWords().close} onClick={onClose} />
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
        <div class="dialog__body" tabIndex={0}>
          {children}
        </div>
        {acts && <footer class="dialog__foot">{acts}</footer>}
      </div>
    </dialog>
  );
}

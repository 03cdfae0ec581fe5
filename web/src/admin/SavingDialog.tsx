import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Problem } from '../shared/api';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { sharedWords } from '../shared/words';
import { adminWords } from './words';

interface SavingDialogProps {
  title: string;
  /** Whether all that is needed was typed. */
  ready: boolean;
  /** Saves; why it was refused is shown, and what was typed stays. */
  onSave: () => Promise<void>;
  onClose: () => void;
  children: ComponentChildren;
}

/** A form over the page. */
export function SavingDialog({ title, ready, onSave, onClose, children }: SavingDialogProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const save = async () => {
    setBusy(true);
    setProblem('');
    try {
      await onSave();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error.detail || error.title);
    }
    setBusy(false);
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      acts={
        <>
          <Button look="primary" busy={busy} disabled={!ready} onClick={() => void save()}>
            {adminWords().keep}
          </Button>
          <Button onClick={onClose}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <div class="admin__form">
        {problem && (
          <p class="notice" role="alert">
            {problem}
          </p>
        )}
        {children}
      </div>
    </Dialog>
  );
}

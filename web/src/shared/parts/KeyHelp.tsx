import type { KeyAct } from '../keys';
import { sharedWords } from '../words';
import { Dialog } from './Dialog';

const SHOWN_AS: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Enter: '↵',
  ' ': 'Space',
};

/** The keys that this page knows. */
export function KeyHelp({ acts, onClose }: { acts: readonly KeyAct[]; onClose: () => void }) {
  return (
    <Dialog title={sharedWords().keys} onClose={onClose}>
      <dl class="keys">
        {acts.map(act => (
          <div key={act.keys}>
            <dt>{act.says()}</dt>
            <dd>
              {(act.keys === ' ' ? [' '] : act.keys.split(' ')).map(key => (
                <kbd key={key}>{SHOWN_AS[key] ?? key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

import { useState } from 'preact/hooks';
import { Problem } from '../shared/api';
import { Button, IconButton } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { endSession, readSession, session } from '../shared/session';
import { sharedWords } from '../shared/words';
import { dutyNow } from './duty_acts';
import { online, sendNow, waiting } from './sender';
import { lastAccount } from './whose';
import { streetWords } from './words';

/** Hand the phone on. What waits to be sent is told first and stays: it goes out when its owner signs in again. */
export function SignOut() {
  const [isAsking, setAsking] = useState(false);
  if (!session.value?.signed_in) return null;
  return (
    <>
      <IconButton icon="sign-out" label={sharedWords().signOut} onClick={() => setAsking(true)} />
      {isAsking && <SignOutQuestion onClose={() => setAsking(false)} />}
    </>
  );
}

function SignOutQuestion({ onClose }: { onClose: () => void }) {
  const t = streetWords();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const left = waiting.value.length;
  const act = async (what: () => Promise<void>) => {
    setBusy(true);
    setProblem('');
    try {
      await what();
    } catch (error) {
      setProblem(error instanceof Problem ? error.detail || error.title : String(error));
    }
    setBusy(false);
  };
  const leave = () =>
    act(async () => {
      await endSession();
      // What is done here from now on, before anybody signs in, is not his.
      lastAccount.value = '';
      await readSession();
    });
  return (
    <Dialog
      title={t.signOutAsk}
      onClose={onClose}
      acts={
        <>
          {left > 0 && (
            <Button look="primary" busy={busy} disabled={!online.value} onClick={() => void act(sendNow)}>
              {t.sendFirst}
            </Button>
          )}
          <Button look="danger" busy={busy} disabled={!online.value} onClick={() => void leave()}>
            {sharedWords().signOut}
          </Button>
          <Button onClick={onClose}>{sharedWords().cancel}</Button>
        </>
      }
    >
      {!online.value && <p class="notice">{t.signOutOffline}</p>}
      {left > 0 && <p class="notice">{t.signOutWaiting(left)}</p>}
      {dutyNow()?.on_duty && <p>{t.signOutOnShift}</p>}
      <p>{t.signOutForgets}</p>
      {problem && (
        <p class="notice" role="alert">
          {problem}
        </p>
      )}
    </Dialog>
  );
}

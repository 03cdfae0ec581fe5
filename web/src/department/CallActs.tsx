import { useState } from 'preact/hooks';
import { ask, Problem } from '../shared/api';
import { distance } from '../shared/formats';
import { newId } from '../shared/ids';
import { Button } from '../shared/parts/Button';
import { say } from '../shared/parts/Toast';
import { metresBetween } from '../street/map_box';
import type { Shot } from '../street/outbox';
import { wire } from '../street/outbox_wire';
import { here, locateOnce, placeRefused } from '../street/place';
import { Shots } from '../street/Shots';
import { NEXT, type OurCall, type Step, theCalls } from './calls';
import { departmentWords } from './words';

const NEAR_M = 150;

/** The next step of a call; its evidence; and asking to be let go. */
export function CallActs({ one }: { one: OurCall }) {
  const t = departmentWords();
  const { whistle, call, case: of } = one;
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState('');
  const [shots, setShots] = useState<Shot[]>([]);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState('');
  const step = NEXT[call.standing];
  if (!step) return null;
  const away = here.value ? metresBetween([here.value.lon, here.value.lat], of.at) : null;
  const isNear = away !== null && away <= NEAR_M;
  const send = async (steps: readonly (Step | 'ask-for-release')[]) => {
    setBusy(true);
    setProblem('');
    try {
      const photographs = await uploaded(shots);
      for (const each of steps) {
        const place = each === 'arrive' && here.value ? { lon: here.value.lon, lat: here.value.lat } : {};
        const body = { department: call.department, reason: reason.trim(), client_id: newId() };
        const evidence = each === 'done' ? { photographs } : {};
        await ask(`/whistles/${whistle.id}/${each}`, {
          method: 'POST',
          body: { ...body, ...place, ...evidence },
        });
      }
      say(asking ? t.releaseAsked : t.sent);
      setReason('');
      setShots([]);
      setAsking(false);
    } catch (error) {
      // What was typed and photographed stays in the form.
      setProblem(error instanceof Problem ? error.detail || error.title : String(error));
    }
    await theCalls.put();
    setBusy(false);
  };
  const wantsWords = asking || step === 'done' || (step === 'arrive' && !isNear);
  const words = asking ? t.askReleaseWhy : step === 'done' ? t.evidence : t.farOff;
  return (
    <footer>
      {problem && (
        <p class="notice" role="alert">
          {problem}
        </p>
      )}
      {!asking && step !== 'done' && (
        <p class="call__place">
          <span class="quiet">
            {away !== null ? t.away(distance(away)) : placeRefused.value ? t.noPlace : ''}
          </span>
          <Button icon="locate" onClick={locateOnce}>
            {t.locate}
          </Button>
        </p>
      )}
      {!asking && step === 'done' && <Shots shots={shots} onChange={setShots} />}
      {wantsWords && (
        <textarea
          aria-label={words}
          placeholder={words}
          rows={2}
          value={reason}
          onInput={event => setReason(event.currentTarget.value)}
        />
      )}
      <div class="call__acts">
        {asking ? (
          <Button
            look="primary"
            busy={busy}
            disabled={!reason.trim()}
            onClick={() => void send(['ask-for-release'])}
          >
            {t.askRelease}
          </Button>
        ) : (
          <Button
            look="primary"
            busy={busy}
            onClick={() => void send(step === 'report-in' && isNear ? ['report-in', 'arrive'] : [step])}
          >
            {step === 'report-in' && isNear ? t.hereNow : t.steps[step]}
          </Button>
        )}
        <Button disabled={busy} onClick={() => setAsking(!asking)}>
          {asking ? t.steps[step] : t.askRelease}
        </Button>
      </div>
    </footer>
  );
}

/** Put the photographs on the server first; the step names them. */
async function uploaded(shots: readonly Shot[]): Promise<string[]> {
  const names: string[] = [];
  for (const shot of shots) names.push(await wire.photograph(shot));
  return names;
}

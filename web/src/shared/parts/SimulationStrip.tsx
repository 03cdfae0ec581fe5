import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Problem } from '../api';
import { may } from '../session';
import { clearDrill, drill, followDrill, switchDrill } from '../simulation';
import { sharedWords } from '../words';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { say } from './Toast';
import './simulation.css';

const busy = signal(false);
const asksToClear = signal(false);

async function run(act: () => Promise<void>): Promise<void> {
  busy.value = true;
  try {
    await act();
  } catch (error) {
    say(error instanceof Problem ? `${error.title} ${error.detail}` : String(error));
  } finally {
    busy.value = false;
  }
}

/** On top of every page while the district is played; with its switch for those who may use it. */
export function SimulationStrip() {
  useEffect(followDrill, []);
  const now = drill.value;
  const playing = now?.playing ?? false;
  const mine = may('run_drill') && !!now?.possible && (now.attached || now.cases > 0);
  const shown = playing || mine;
  useEffect(() => {
    document.documentElement.toggleAttribute('data-simulation', shown);
  }, [shown]);
  if (!now || !shown) return null;
  const t = sharedWords().drill;
  return (
    <aside class={`simulation ${playing ? 'simulation--on' : ''}`} aria-label={t.label}>
      <b>{playing ? t.label : now.wanted && now.attached ? t.coming : t.off}</b>
      {playing && <span class="simulation__hint one-line">{t.hint}</span>}
      {mine && (
        <span class="simulation__acts">
          {now.attached && (
            <Button
              look="quiet"
              disabled={busy.value}
              onClick={() => void run(() => switchDrill(!now.wanted))}
            >
              {now.wanted ? t.stop : t.start}
            </Button>
          )}
          {now.cases > 0 && (
            <Button
              look="quiet"
              disabled={busy.value}
              onClick={() => {
                asksToClear.value = true;
              }}
            >
              {t.clear(now.cases)}
            </Button>
          )}
        </span>
      )}
      {asksToClear.value && <ClearDialog cases={now.cases} />}
    </aside>
  );
}

function ClearDialog({ cases }: { cases: number }) {
  const t = sharedWords();
  const close = () => {
    asksToClear.value = false;
  };
  const clear = () =>
    run(async () => {
      const gone = await clearDrill();
      close();
      say(t.drill.cleared(gone));
    });
  return (
    <Dialog
      title={t.drill.clearTitle}
      onClose={close}
      acts={
        <>
          <Button look="danger" disabled={busy.value} onClick={() => void clear()}>
            {t.drill.clear(cases)}
          </Button>
          <Button onClick={close}>{t.cancel}</Button>
        </>
      }
    >
      <p>{t.drill.clearHint(cases)}</p>
    </Dialog>
  );
}

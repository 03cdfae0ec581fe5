import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { downloads as en } from '../../words/en/downloads';
import { downloads as zh } from '../../words/zh/downloads';
import { askFile, Problem } from '../api';
import { saveFile } from '../csv';
import { catalogue } from '../language';
import { may, readSession, session } from '../session';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { Field } from './Field';
import { ErrorState } from './States';
import { say } from './Toast';
import './reports.css';

const words = catalogue(zh, en);

const KINDS = ['task-forces', 'hotspots', 'service-circle', 'dispatches'] as const;
type Kind = (typeof KINDS)[number];

const isOpen = signal(false);
const day = signal('');
/** The report that is being drawn: it may take the server some seconds. */
const underWay = signal<Kind | null>(null);
const problem = signal<Problem | null>(null);

/** Opens the list of reports; only who may export sees it. */
export function ReportsButton() {
  useEffect(() => {
    if (!session.value) void readSession();
  }, []);
  const t = words();
  if (!may('export')) return null;
  return (
    <>
      <Button
        look="quiet"
        icon="download"
        class="reports__open"
        title={t.open}
        onClick={() => {
          problem.value = null;
          isOpen.value = true;
        }}
      >
        {t.open}
      </Button>
      {isOpen.value && <ReportsDialog />}
    </>
  );
}

function ReportsDialog() {
  const t = words();
  return (
    <Dialog
      title={t.title}
      onClose={() => {
        isOpen.value = false;
      }}
    >
      <p class="reports__about">{t.about}</p>
      <Field label={t.day} hint={t.newest}>
        {attributes => (
          <input
            {...attributes}
            type="date"
            value={day.value}
            onChange={event => {
              day.value = event.currentTarget.value;
            }}
          />
        )}
      </Field>
      <ul class="reports">
        {KINDS.map(kind => (
          <li key={kind}>
            <div>
              <strong>{t.kinds[kind]}</strong>
              <p>{t.holds[kind]}</p>
            </div>
            <Button
              icon="download"
              // Not disabled: that would take the focus out of the dialog, and its keys with it.
              aria-busy={underWay.value === kind || undefined}
              aria-disabled={underWay.value !== null || undefined}
              aria-label={`${t.open}: ${t.kinds[kind]}`}
              onClick={() => void carryAway(kind)}
            />
          </li>
        ))}
      </ul>
      {problem.value && <ErrorState problem={problem.value} />}
    </Dialog>
  );
}

async function carryAway(kind: Kind): Promise<void> {
  if (underWay.value !== null) return;
  underWay.value = kind;
  problem.value = null;
  try {
    const file = await askFile(`/reports/${kind}`, { query: { day: day.value || undefined } });
    saveFile(day.value ? `${kind}-${day.value}.html` : `${kind}.html`, file);
    say(words().saved(words().kinds[kind]));
  } catch (error) {
    problem.value = error instanceof Problem ? error : new Problem(-1, { title: String(error) });
  } finally {
    underWay.value = null;
  }
}

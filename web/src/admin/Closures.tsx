import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../shared/api';
import { dateAndTime, distance } from '../shared/formats';
import { language } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Dialog } from '../shared/parts/Dialog';
import { Check, Field } from '../shared/parts/Field';
import { SearchBox } from '../shared/parts/SearchBox';
import { EmptyState, Shown } from '../shared/parts/States';
import { Table } from '../shared/parts/Table';
import { question } from '../shared/question';
import { may } from '../shared/session';
import { searchPlaces } from '../shared/territory_api';
import { sharedWords } from '../shared/words';
import { attempt } from './attempt';
import { momentIn } from './record_form';
import { adminWords } from './words';

interface Closure {
  id: string;
  why: string;
  closed_by: string;
  closed_at: string;
  until: string | null;
  lifted_at: string | null;
  lifted_by: string | null;
}

interface Preview {
  edges: number[];
  length_m: number;
  names: string[];
  names_en: string[];
}

const past = signal(false);
const theClosures = question<Closure[]>((_, stop) =>
  ask<Closure[]>('/closures', { query: { past: past.value }, signal: stop }),
);

/** Roads that are closed: dispatch heeds them at once; a whole street is closed by its name. */
export function Closures() {
  const t = adminWords();
  const [adding, setAdding] = useState(false);
  const again = () => void theClosures.put();
  useEffect(again, [past.value]);
  const keeps = may('manage_closures');
  const lift = (id: string) =>
    attempt(async () => {
      await ask(`/closures/${id}`, { method: 'DELETE' });
      again();
    });
  return (
    <>
      <div class="admin__acts">
        {keeps && (
          <Button icon="plus" onClick={() => setAdding(true)}>
            {t.closeStreet}
          </Button>
        )}
        <Check
          checked={past.value}
          onCheck={checked => {
            past.value = checked;
          }}
        >
          {t.pastToo}
        </Check>
      </div>
      <Shown asked={theClosures.asked.value} retry={again}>
        {closures =>
          closures.length === 0 ? (
            <EmptyState title={t.noClosures}>{t.noClosuresHint}</EmptyState>
          ) : (
            <Table
              caption={t.tabs.closures}
              rows={closures}
              keyOf={one => one.id}
              columns={[
                { id: 'why', title: t.why, value: one => one.why },
                { id: 'by', title: t.by, value: one => one.closed_by },
                {
                  id: 'from',
                  title: t.from,
                  value: one => one.closed_at,
                  show: one => dateAndTime(one.closed_at),
                },
                {
                  id: 'until',
                  title: t.ends,
                  value: one => one.until ?? '',
                  show: one => (one.until ? dateAndTime(one.until) : t.noEnd),
                },
                {
                  id: 'lift',
                  title: t.state,
                  value: one => (one.lifted_at ? t.lifted : ''),
                  show: one =>
                    one.lifted_at || !keeps ? (
                      one.lifted_at ? (
                        `${t.lifted} · ${one.lifted_by ?? ''}`
                      ) : (
                        ''
                      )
                    ) : (
                      <Button onClick={() => void lift(one.id)}>{t.lift}</Button>
                    ),
                },
              ]}
            />
          )
        }
      </Shown>
      {adding && <StreetClosing onClose={() => setAdding(false)} onClosed={again} />}
    </>
  );
}

/** Which street, what that closes, why and until when. */
function StreetClosing({ onClose, onClosed }: { onClose: () => void; onClosed: () => void }) {
  const t = adminWords();
  const [street, setStreet] = useState('');
  const [preview, setPreview] = useState<Preview | null>(null);
  const [why, setWhy] = useState('');
  const [until, setUntil] = useState('');
  const look = (id: string) =>
    attempt(async () => {
      setStreet(id);
      setPreview(null);
      setPreview(await ask<Preview>('/closures/preview', { method: 'POST', body: { street: id } }));
    });
  const close = () =>
    attempt(async () => {
      await ask('/closures', {
        method: 'POST',
        body: { street, why: why.trim(), until: momentIn(until) },
      });
      onClose();
      onClosed();
    });
  const names = language.value === 'en' ? preview?.names_en : preview?.names;
  return (
    <Dialog
      title={t.closeStreet}
      onClose={onClose}
      acts={
        <>
          <Button look="danger" disabled={!preview || !why.trim()} onClick={() => void close()}>
            {t.closeNow}
          </Button>
          <Button onClick={onClose}>{sharedWords().cancel}</Button>
        </>
      }
    >
      <div class="admin__form">
        <SearchBox
          inputId="closure-street"
          placeholder={t.findBy.street}
          find={async (text, stop) => (await searchPlaces(text, stop)).filter(one => one.kind === 'street')}
          keyOf={one => one.id}
          show={one => (language.value === 'en' ? one.name_en : one.name)}
          onChoose={one => void look(one.id)}
          nothingFound={t.nothingCalled}
        />
        {preview && (
          <p role="status">
            {t.wouldClose(
              (names ?? []).slice(0, 4).join(t.listJoin),
              preview.edges.length,
              distance(preview.length_m),
            )}
          </p>
        )}
        <Field label={t.why}>
          {attributes => (
            <input
              {...attributes}
              maxLength={500}
              value={why}
              onInput={event => setWhy(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={t.ends} hint={t.noEnd}>
          {attributes => (
            <input
              {...attributes}
              type="datetime-local"
              value={until}
              onInput={event => setUntil(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}

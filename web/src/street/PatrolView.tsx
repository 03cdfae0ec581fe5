import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { clock, distance } from '../shared/formats';
import { newId } from '../shared/ids';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { Field } from '../shared/parts/Field';
import { EmptyState, Shown } from '../shared/parts/States';
import { answerIn } from '../shared/question';
import { actOnDuty, dutyNow } from './duty_acts';
import { LazyMap } from './LazyMap';
import { boxAround } from './map_box';
import { PatrolSummary } from './PatrolSummary';
import type { PhoneMark } from './PhoneMap';
import { here } from './place';
import { waiting } from './sender';
import { ownStreet, type StreetName, tab, theStreets } from './state';
import { type PatrolCard, type Piece, type StreetPieces, thePatrol, thePieces } from './tasks_api';
import { streetWords } from './words';

const REFRESH_MS = 30_000;

/** A walk along my street: what of it was walked today, the track, what was found; and its end. */
export function PatrolView() {
  const t = streetWords();
  const duty = dutyNow();
  const [ended, setEnded] = useState<{ patrol: string; street: string } | null>(null);
  const street = duty?.patrol_street ?? ownStreet.value?.id ?? null;
  const patrol = duty?.patrol ?? null;
  useEffect(() => {
    const look = () => {
      if (document.hidden) return;
      if (street) void thePieces.put(street);
      if (patrol) void thePatrol.put(patrol);
    };
    look();
    const again = setInterval(look, REFRESH_MS);
    return () => clearInterval(again);
  }, [street, patrol]);
  if (ended) return <PatrolSummary {...ended} onClose={() => setEnded(null)} />;
  const end = async () => {
    if (!patrol || !street) return;
    if (await actOnDuty(`/patrols/${patrol}/end`, t.endPatrol)) setEnded({ patrol, street });
  };
  return (
    <section class="patrol" aria-label={t.patrol}>
      <h1>{street ? nameOfStreet(street) : t.patrol}</h1>
      {patrol ? (
        <Running patrol={patrol} onEnd={() => void end()} />
      ) : (
        <Begin suggested={ownStreet.value} onShift={duty?.on_duty ?? false} />
      )}
      {street && <Walked street={street} />}
    </section>
  );
}

const nameOfStreet = (id: string): string => {
  const found = answerIn(theStreets.asked.value)?.find(one => one.id === id);
  return found ? nameOf(found) : id;
};

function Running({ patrol, onEnd }: { patrol: string; onEnd: () => void }) {
  const t = streetWords();
  const asked = answerIn(thePatrol.asked.value);
  const card: PatrolCard | undefined = asked?.id === patrol ? asked : undefined;
  const unsent = waiting.value.filter(
    entry => entry.kind === 'finding' && entry.body.patrol === patrol,
  ).length;
  return (
    <>
      {card && (
        <p>
          {t.patrolSince(clock(card.started_at))} · {distance(card.length_m)} ·{' '}
          {t.patrolFindings(card.findings + unsent)}
        </p>
      )}
      <div class="patrol__acts">
        <Button
          look="primary"
          icon="camera"
          class="task__next"
          onClick={() => {
            tab.value = 'find';
          }}
        >
          {t.find}
        </Button>
        <Button icon="stop" onClick={onEnd}>
          {t.endPatrol}
        </Button>
      </div>
    </>
  );
}

function Begin({ suggested, onShift }: { suggested: StreetName | null; onShift: boolean }) {
  const t = streetWords();
  const streets = answerIn(theStreets.asked.value) ?? [];
  const [chosen, setChosen] = useState('');
  const [busy, setBusy] = useState(false);
  const street = chosen || suggested?.id || '';
  if (!onShift) {
    return (
      <EmptyState icon="walk" title={t.patrolNotRunning}>
        {t.patrolHint}
      </EmptyState>
    );
  }
  const begin = async () => {
    setBusy(true);
    await actOnDuty('/patrols', t.startPatrol, { id: newId(), street });
    setBusy(false);
  };
  return (
    <>
      <Field label={t.patrolStreet}>
        {attributes => (
          <select {...attributes} value={street} onChange={event => setChosen(event.currentTarget.value)}>
            <option value="" />
            {streets.map(each => (
              <option key={each.id} value={each.id}>
                {nameOf(each)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Button
        look="primary"
        icon="walk"
        class="task__next"
        busy={busy}
        disabled={!street}
        onClick={() => void begin()}
      >
        {t.startPatrol}
      </Button>
    </>
  );
}

function Walked({ street }: { street: string }) {
  const asked = thePieces.asked.value;
  return (
    <Shown asked={asked} retry={() => void thePieces.put(street)} skeletonLines={3}>
      {found => (found.street === street ? <Pieces found={found} /> : null)}
    </Shown>
  );
}

function Pieces({ found }: { found: StreetPieces }) {
  const t = streetWords();
  const withMap = useSignal(false);
  const left = found.pieces.filter(piece => piece.walked_at.length === 0).length;
  const marks = useComputed<readonly PhoneMark[]>(() => {
    const pieces = answerIn(thePieces.asked.value)?.pieces ?? [];
    const track = answerIn(thePatrol.asked.value)?.track ?? [];
    return [
      ...pieces.map(
        (piece): PhoneMark => ({ kind: piece.walked_at.length > 0 ? 'walked' : 'unwalked', at: piece.line }),
      ),
      ...(track.length > 1 ? [{ kind: 'track' as const, at: track }] : []),
      ...(here.value ? [{ kind: 'me' as const, at: [here.value.lon, here.value.lat] as const }] : []),
    ] as readonly PhoneMark[];
  });
  return (
    <>
      <p>
        <b>{left === 0 ? t.piecesAllWalked : t.piecesLeft(left)}</b>
        <span class="quiet"> · {t.pieces(distance(found.walked_m), distance(found.length_m))}</span>
      </p>
      <progress max={found.length_m} value={found.walked_m} aria-label={t.pieces('', '')} />
      {withMap.value ? (
        <>
          <LazyMap
            marks={marks}
            box={boxAround(found.pieces.flatMap(piece => piece.line))}
            label={t.patrolMap}
          />
          <p class="small quiet map-key">
            <i class="key key--walked" /> {t.legendWalked} <i class="key key--unwalked" /> {t.legendUnwalked}{' '}
            <i class="key key--track" /> {t.legendTrack} <i class="key key--me" /> {t.legendMe}
          </p>
        </>
      ) : (
        <Button
          icon="map"
          onClick={() => {
            withMap.value = true;
          }}
        >
          {t.patrolMap}
        </Button>
      )}
      <details>
        <summary>{t.pieceList}</summary>
        <ol class="pieces">
          {found.pieces.map((piece, number) => (
            <li key={number} class={piece.walked_at.length > 0 ? undefined : 'late'}>
              {t.piece(number + 1)} · {pieceInWords(piece)}
            </li>
          ))}
        </ol>
      </details>
    </>
  );
}

function pieceInWords(piece: Piece): string {
  const t = streetWords();
  return piece.walked_at.length > 0
    ? t.walkedAt(piece.walked_at.map(at => clock(at)).join(' '))
    : t.notWalked;
}

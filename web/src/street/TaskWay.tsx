import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { distance, duration, shortMoment } from '../shared/formats';
import { nameOf } from '../shared/language';
import { Button } from '../shared/parts/Button';
import { answerIn } from '../shared/question';
import { LazyMap } from './LazyMap';
import { boxAround, metresBetween } from './map_box';
import type { PhoneMark } from './PhoneMap';
import { here, locateOnce } from './place';
import type { TaskWithCase } from './state';
import { CLOSE_BY_S } from './TaskList';
import { lastWays, type Point, theWay, type Way } from './tasks_api';
import { streetWords } from './words';

const AGAIN_M = 60;
const AGAIN_MS = 5_000;
const NOT_READY = 503;

/** How to get there on foot, in words and on the map; the last way shown stays when the network goes. */
export function TaskWay({ one }: { one: TaskWithCase }) {
  const t = streetWords();
  const withMap = useSignal(false);
  const from = useSignal<Point | null>(null);
  const at = here.value;
  useEffect(() => {
    if (!at) return locateOnce();
    const place: Point = [at.lon, at.lat];
    const failed = theWay.asked.peek().state === 'failed';
    if (from.peek() && !failed && metresBetween(from.peek() as Point, place) < AGAIN_M) return;
    from.value = place;
    void theWay.put({ task: one.task.id, lon: at.lon, lat: at.lat });
  }, [one.task.id, at?.lon, at?.lat]);
  const asked = theWay.asked.value;
  const notReady = asked.state === 'failed' && asked.problem.status === NOT_READY;
  useEffect(() => {
    // A server that has just started reads its roads first.
    if (!notReady || !at) return;
    const again = setTimeout(
      () => void theWay.put({ task: one.task.id, lon: at.lon, lat: at.lat }),
      AGAIN_MS,
    );
    return () => clearTimeout(again);
  }, [notReady, asked]);
  const way = wayTo(one.task.id);
  const marks = useComputed<readonly PhoneMark[]>(() => {
    // asked for in here: a way that comes after the step that made it necessary is drawn as well
    const way = wayTo(one.task.id);
    const me: Point | null = here.value ? [here.value.lon, here.value.lat] : null;
    return [
      ...(way ? [{ kind: 'way' as const, at: way.line }] : []),
      ...(!way && me ? [{ kind: 'straight' as const, at: [me, one.case.at] }] : []),
      { kind: 'late', at: one.case.at },
      ...(me ? [{ kind: 'me' as const, at: me }] : []),
    ];
  });
  const places: Point[] = [one.case.at, ...(way?.line ?? []), ...(at ? [[at.lon, at.lat] as Point] : [])];
  const offline = asked.state === 'failed' && asked.problem.isOffline;
  return (
    <section class="way">
      {!at && <p class="quiet">{t.wayWants}</p>}
      {way && <WayInWords way={way} />}
      {way && offline && <p class="quiet small">{t.wayKept(shortMoment(way.at))}</p>}
      {!way && asked.state === 'failed' && !offline && !notReady && <p class="quiet">{t.wayNone}</p>}
      {withMap.value ? (
        <LazyMap marks={marks} box={boxAround(places)} label={t.openMap} />
      ) : (
        <Button
          icon="map"
          onClick={() => {
            withMap.value = true;
          }}
        >
          {t.openMap}
        </Button>
      )}
    </section>
  );
}

/** The way that was asked for, or the last one that was shown. */
function wayTo(task: string): Way | undefined {
  const fresh = answerIn(theWay.asked.value);
  return fresh?.task === task ? fresh : lastWays.value[task];
}

function WayInWords({ way }: { way: Way }) {
  const t = streetWords();
  const walked = way.steps.filter(step => step.length_m >= 5);
  return (
    <>
      <p>
        <b>
          {way.seconds < CLOSE_BY_S ? t.closeBy : t.walkThere(duration(way.seconds), distance(way.length_m))}
        </b>
      </p>
      {walked.length > 0 && (
        <details>
          <summary>{t.waySteps}</summary>
          <ol>
            {walked.map((step, number) => (
              <li key={number}>{t.wayStep(nameOf(step) || t.unnamedStreet, distance(step.length_m))}</li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

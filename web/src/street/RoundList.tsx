import { useEffect } from 'preact/hooks';
import { duration } from '../shared/formats';
import { Skeleton } from '../shared/parts/States';
import { answerIn } from '../shared/question';
import { metresBetween } from './map_box';
import { here, locateOnce } from './place';
import { type TaskWithCase, tasks } from './state';
import { TaskRow } from './TaskList';
import { type Point, theRound } from './tasks_api';
import { streetWords } from './words';

const AGAIN_M = 100;
const SAME_PLACE_S = 20;
let askedFrom: Point | null = null;

/** Today's tasks in the order of the shortest walk; without a network in order of the straight distance. */
export function RoundList() {
  const t = streetWords();
  const at = here.value;
  const wanted = tasks.value.map(one => one.task.id).join();
  useEffect(() => {
    if (!at) return locateOnce();
    const place: Point = [at.lon, at.lat];
    if (askedFrom && metresBetween(askedFrom, place) < AGAIN_M && theRound.asked.peek().state === 'ready') {
      return;
    }
    askedFrom = place;
    void theRound.put({ lon: at.lon, lat: at.lat });
  }, [at?.lon, at?.lat]);
  useEffect(() => {
    if (askedFrom) void theRound.put({ lon: askedFrom[0], lat: askedFrom[1] });
  }, [wanted]);
  if (!at) return <p class="notice">{t.roundWants}</p>;
  const asked = theRound.asked.value;
  if (asked.state === 'failed') {
    return (
      <>
        <p class="notice">{asked.problem.isOffline ? t.roundOffline : asked.problem.detail}</p>
        <Legs of={byDistance([at.lon, at.lat]).map(one => ({ one, leg: '' }))} />
      </>
    );
  }
  const found = answerIn(asked);
  if (!found) return <Skeleton lines={6} />;
  const legs = found.stops.flatMap(stop => {
    const one = tasks.value.find(each => each.task.id === stop.task);
    if (!one) return [];
    const walk =
      stop.walk_s === null
        ? t.roundUnreached
        : stop.walk_s < SAME_PLACE_S
          ? t.roundSame
          : t.roundLeg(duration(stop.walk_s));
    return [{ one, leg: stop.late ? `${walk} · ${t.roundLate}` : walk }];
  });
  return (
    <>
      <p class="quiet beside">{t.roundTotal(duration(found.walk_s))}</p>
      <Legs of={legs} />
    </>
  );
}

function Legs({ of }: { of: readonly { one: TaskWithCase; leg: string }[] }) {
  const t = streetWords();
  return (
    <ol class="task-list" aria-label={t.views.round}>
      {of.map(({ one, leg }, place) => (
        <li key={one.task.id}>
          <TaskRow one={one} leg={leg} place={place + 1} />
        </li>
      ))}
    </ol>
  );
}

/** Nearest first from here, then nearest from there. */
function byDistance(from: Point): TaskWithCase[] {
  const left = [...tasks.value];
  const order: TaskWithCase[] = [];
  let at = from;
  while (left.length > 0) {
    left.sort((one, other) => metresBetween(at, one.case.at) - metresBetween(at, other.case.at));
    const next = left.shift() as TaskWithCase;
    order.push(next);
    at = next.case.at;
  }
  return order;
}

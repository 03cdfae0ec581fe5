import { computed, effect } from '@preact/signals';
import type { Feature, Point } from 'geojson';
import type { GeoJSONSource } from 'maplibre-gl';
import { nameOf } from '../shared/language';
import type { MapScene } from '../shared/map/scene';
import { answerIn } from '../shared/question';
import { thePlan } from './batch';
import { CaseLayer } from './case_layer';
import { isUnderWay, markOf } from './case_marks';
import { theSuggestion } from './open_case';
import { cases, moment, openId, people, queue } from './state';
import { FeatureLedger, openCaseFeatures, personFeatures, planFeatures } from './wall_features';

/** Keeps cases and people on the map in step with the stores; only what changed travels to the map's worker. */

const AT_MOST_EVERY_MS = 400;

const busyPeople = computed(
  () => new Set(cases.all.value.filter(isUnderWay).flatMap(one => (one.holder === null ? [] : [one.holder]))),
);

export function keepMapCurrent(living: MapScene): () => void {
  const source = (name: string) => living.map.getSource<GeoJSONSource>(name);
  const painters = [caseComing(source), peopleComing(source), planComing(source), openCaseComing(source)];
  const seen = new Map<string, GeoJSONSource | undefined>();
  // A style that was rebuilt, or a layer that was switched on again, begins with empty sources.
  const refill = () => {
    for (const { name, draw, forget } of painters) {
      const now = source(name);
      if (now === seen.get(name)) continue;
      seen.set(name, now);
      forget?.();
      if (now) draw();
    }
  };
  const stops = painters.map(({ follow, draw }) =>
    effect(() => {
      follow();
      draw();
    }),
  );
  refill();
  living.map.on('styledata', refill);
  return () => {
    living.map.off('styledata', refill);
    for (const stop of stops) stop();
  };
}

type SourceNamed = (name: string) => GeoJSONSource | undefined;

interface Painter {
  /** The source that tells by being new that all is to be drawn again. */
  name: string;
  /** Reads the signals that mean a new picture. */
  follow: () => void;
  draw: () => void;
  forget?: () => void;
}

function caseComing(source: SourceNamed): Painter {
  const layer = new CaseLayer();
  const draw = gently(() => {
    const drawn = source('cases');
    // The map shows what the queue lists: a filter narrows both.
    const change = drawn && layer.change(queue.peek());
    if (!change) return;
    drawn.updateData(change);
    source('cases-by-community')?.setData(layer.gathered('community'));
    source('cases-by-grid')?.setData(layer.gathered('grid'));
  });
  return { name: 'cases', follow: () => void queue.value, draw, forget: () => layer.forget() };
}

function peopleComing(source: SourceNamed): Painter {
  const ledger = new FeatureLedger();
  const draw = gently(() => {
    const features = () => personFeatures(people.all.peek(), busyPeople.peek(), moment.peek(), nameOf);
    update(source('people'), ledger, features);
  });
  const follow = () => {
    void people.all.value;
    void busyPeople.value;
  };
  return { name: 'people', follow, draw, forget: () => ledger.forget() };
}

function openCaseComing(source: SourceNamed): Painter {
  const draw = () => {
    const one = openId.peek() === null ? undefined : cases.get(openId.peek() ?? '');
    const suggestion = answerIn(theSuggestion.asked.peek());
    const suggested = one?.state === 'filed' ? (suggestion?.at ?? null) : null;
    const placed = one ? { one, mark: markOf(one, moment.peek()) } : null;
    source('open-case')?.setData(openCaseFeatures(placed, suggested));
  };
  const follow = () => {
    void cases.revision.value;
    void openId.value;
    void theSuggestion.asked.value;
    void moment.value;
  };
  return { name: 'open-case', follow, draw };
}

function planComing(source: SourceNamed): Painter {
  const draw = () => {
    const placeOfPerson = (id: string): [number, number] | undefined => {
      const known = people.get(id);
      return known && [known.lon, known.lat];
    };
    const offers = answerIn(thePlan.asked.peek())?.offers ?? [];
    source('plan')?.setData(planFeatures(offers, id => cases.get(id)?.at, placeOfPerson));
  };
  return { name: 'plan', follow: () => void thePlan.asked.value, draw };
}

function update(
  source: GeoJSONSource | undefined,
  ledger: FeatureLedger,
  features: () => Feature<Point>[],
): void {
  if (!source) return;
  const change = ledger.change(features());
  if (change) source.updateData(change);
}

/** Act now, then not again before a while: a burst of news costs two drawings, the first and the last. */
function gently(act: () => void): () => void {
  let waiting: ReturnType<typeof setTimeout> | null = null;
  let again = false;
  const run = () => {
    act();
    waiting = setTimeout(() => {
      waiting = null;
      if (again) {
        again = false;
        run();
      }
    }, AT_MOST_EVERY_MS);
  };
  return () => {
    if (waiting === null) run();
    else again = true;
  };
}

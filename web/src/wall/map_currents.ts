import { computed, effect, untracked } from '@preact/signals';
import type { Feature, Point } from 'geojson';
import type { GeoJSONSource } from 'maplibre-gl';
import type { Position } from '../shared/case_api';
import { nameOf } from '../shared/language';
import type { MapScene } from '../shared/map/scene';
import { answerIn } from '../shared/question';
import { thePlan } from './batch';
import { CaseLayer } from './case_layer';
import { isUnderWay, markOf } from './case_marks';
import { drawingFeatures } from './draw';
import { Glide } from './glide';
import { closureFeatures, giFeatures, reachFeatures, shownHazards } from './layer_features';
import { densityClasses, shownLayers, theDensity, theRings } from './layers';
import { theSuggestion } from './open_case';
import { isReplaying } from './replay';
import { cases, openId, people, queue, shownCase, shownCases, shownMoment, shownPeople } from './state';
import { Trails } from './trails';
import { replayedTrails, walkedBefore } from './trails_before';
import { FeatureLedger, openCaseFeatures, personFeatures, planFeatures } from './wall_features';

/** Keeps cases and people on the map in step with the stores; only what changed travels to the map's worker. */

const AT_MOST_EVERY_MS = 400;
const NOTHING = { type: 'FeatureCollection' as const, features: [] };

const busyPeople = computed(
  () =>
    new Set(shownCases.value.filter(isUnderWay).flatMap(one => (one.holder === null ? [] : [one.holder]))),
);

export function keepMapCurrent(living: MapScene): () => void {
  const source = (name: string) => living.map.getSource<GeoJSONSource>(name);
  const painters = [
    caseComing(source),
    peopleComing(source, living),
    planComing(source),
    openCaseComing(source),
    trailsComing(source),
    hazardsComing(source),
    shapesComing(source, 'closures', closureFeatures),
    shapesComing(source, 'density', () => densityClasses(answerIn(theDensity.asked.value) ?? NOTHING)),
    shapesComing(source, 'gi', giFeatures),
    shapesComing(source, 'circles', () => answerIn(theRings.asked.value)?.features ?? []),
    shapesComing(source, 'reach', () => (isReplaying.value ? [] : reachFeatures())),
    shapesComing(source, 'drawing', drawingFeatures),
  ];
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

function peopleComing(source: SourceNamed, living: MapScene): Painter {
  const ledger = new FeatureLedger();
  const glide = new Glide();
  let frame: ReturnType<typeof setTimeout> | null = null;
  const paint = () => {
    const places = glide.places(performance.now());
    const features = () => personFeatures(places, busyPeople.peek(), shownMoment.peek(), nameOf);
    update(source('people'), ledger, features);
  };
  const step = () => {
    frame = null;
    paint();
    if (glide.isMoving) frame = setTimeout(step, GLIDE_FRAME_MS);
  };
  const draw = gently(() => {
    glide.aim(shownPeople.peek(), performance.now(), isGliding(living));
    if (frame === null) step();
  });
  const follow = () => {
    void shownPeople.value;
    void busyPeople.value;
  };
  return { name: 'people', follow, draw, forget: () => ledger.forget() };
}

const GLIDE_FRAME_MS = 80;
const GLIDE_FROM_ZOOM = 13;

/** Who may glide: in the picture, near enough to tell; a replay moves by itself, and some want no motion. */
function isGliding({ map }: MapScene): (one: Position) => boolean {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (still || isReplaying.peek() || map.getZoom() < GLIDE_FROM_ZOOM) return () => false;
  const seen = map.getBounds();
  return ({ lon, lat }) => seen.contains([lon, lat]);
}

function trailsComing(source: SourceNamed): Painter {
  const trails = new Trails();
  let asked = false;
  const draw = gently(() => {
    if (!shownLayers.peek().has('trails')) return;
    if (!isReplaying.peek() && !asked) {
      asked = true;
      void walkedBefore().then(ways => {
        for (const [person, steps] of ways) trails.begin(person, steps);
        draw();
      });
    }
    const features = isReplaying.peek() ? replayedTrails() : trails.features(Date.now());
    source('trails')?.setData({ type: 'FeatureCollection', features });
  });
  const follow = () => {
    if (!isReplaying.value) trails.note(shownPeople.value);
    void shownPeople.value;
    void shownLayers.value;
  };
  return { name: 'trails', follow, draw };
}

function hazardsComing(source: SourceNamed): Painter {
  const draw = () => {
    const features = shownHazards.peek().map(
      ({ one }): Feature<Point> => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: one.at },
        properties: { id: one.id },
      }),
    );
    source('hazards')?.setData({ type: 'FeatureCollection', features });
  };
  return { name: 'hazards', follow: () => void shownHazards.value, draw: gently(draw) };
}

/** The analysis: what was asked for is drawn as it came. */
function shapesComing(source: SourceNamed, name: string, features: () => Feature[]): Painter {
  const draw = () => source(name)?.setData({ type: 'FeatureCollection', features: untracked(features) });
  return { name, follow: () => void features(), draw };
}

function openCaseComing(source: SourceNamed): Painter {
  const draw = () => {
    const one = openId.peek() === null ? undefined : shownCase(openId.peek() ?? '');
    const suggestion = answerIn(theSuggestion.asked.peek());
    const suggested = one?.state === 'filed' ? (suggestion?.at ?? null) : null;
    const placed = one ? { one, mark: markOf(one, shownMoment.peek()) } : null;
    source('open-case')?.setData(openCaseFeatures(placed, suggested));
  };
  const follow = () => {
    void cases.revision.value;
    void openId.value;
    void theSuggestion.asked.value;
    void shownMoment.value;
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

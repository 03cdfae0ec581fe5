import { computed, effect } from '@preact/signals';
import type { Position } from '../shared/case_api';
import { policyName } from '../shared/classification';
import { language, nameOf } from '../shared/language';
import { MapCanvas, type Outlook } from '../shared/map/map_canvas';
import type { Caught, MapScene } from '../shared/map/scene';
import { answerIn } from '../shared/question';
import { theme } from '../shared/theme';
import { thePlan } from './batch';
import { CaseLayer } from './case_layer';
import { markOf } from './case_marks';
import { Glide } from './glide';
import { shownHazards } from './layer_features';
import { opacities, opacityOf, shownLayers, type WallLayer } from './layers';
import { openPerson } from './map_card';
import {
  type Attention,
  type Brush,
  type Catch,
  GATHER_ZOOMS,
  type PersonMark,
  paintCases,
  paintGathered,
  paintHazards,
  paintOpenCase,
  paintPeople,
  paintPlan,
  paintTrails,
} from './mark_paint';
import { Sprites } from './mark_sprites';
import { theSuggestion } from './open_case';
import { casesInHand, lookOf } from './people_looks';
import { isReplaying } from './replay';
import { cases, form, openId, people, queue, shownCase, shownMoment, shownPeople } from './state';
import { forgetTrails, noteTrails, shownWays } from './trails_before';

/** Cases, people and what belongs to them over the map: what is known of them, painted when it changes. */

const WALL_MAGNIFIED = 1.4;
const CATCH_BEYOND_PX = 3;
const GLIDE_FROM_ZOOM = 13;
/** Of the time that one painting takes, so many pass before the next step of a glide: the page stays quick. */
const REST_OF_PAINTING = 5;
const FRAME_MS = 16;

export class MarkBoard {
  readonly #canvas: MapCanvas;
  readonly #cases = new CaseLayer();
  readonly #glide = new Glide();
  readonly #stops: (() => void)[];
  #sprites: Sprites | null = null;
  #catches: Catch[] = [];
  #ratio = 1;
  #gliding: ReturnType<typeof setTimeout> | null = null;
  /** Told after each painting. */
  onPainted: () => void = () => undefined;

  constructor(private readonly living: MapScene) {
    this.#canvas = new MapCanvas(living.map, (context, outlook) => this.#paint(context, outlook));
    living.above = { canvas: this.#canvas.canvas, caughtAt: point => this.#caughtAt(point) };
    this.#stops = this.#follow();
  }

  /** Paint again in the next frame. */
  repaint(): void {
    this.#canvas.invalidate();
  }

  remove(): void {
    for (const stop of this.#stops) stop();
    if (this.#gliding) clearTimeout(this.#gliding);
    this.living.above = null;
    this.#canvas.remove();
  }

  #follow(): (() => void)[] {
    const repaint = () => this.repaint();
    const hovered = computed(() => this.living.hovered.value?.id ?? null);
    return [
      effect(() => {
        if (this.#cases.show(queue.value)) repaint();
      }),
      effect(() => {
        void casesInHand.value;
        this.#meet(shownPeople.value);
        repaint();
      }),
      effect(() => {
        // The colours, the words and the font are those of the moment.
        void [theme.value, language.value, form.value];
        this.#sprites = null;
        repaint();
      }),
      effect(() => {
        void [shownLayers.value, opacities.value, shownHazards.value, hovered.value, openPerson.value];
        void [openId.value, thePlan.asked.value, theSuggestion.asked.value, cases.revision.value];
        repaint();
      }),
    ];
  }

  /** Take the newest places of people: they glide there where they are looked at, and leave a trail. */
  #meet(everybody: readonly Position[]): void {
    const { map } = this.living;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const glides = !still && !isReplaying.peek() && map.getZoom() >= GLIDE_FROM_ZOOM;
    const seen = map.getBounds();
    this.#glide.aim(everybody, performance.now(), ({ lon, lat }) => glides && seen.contains([lon, lat]));
    const trailed = shownLayers.value.has('trails');
    if (!trailed) forgetTrails();
    else if (!isReplaying.peek()) noteTrails(everybody, () => this.#canvas.invalidate());
  }

  #paint(context: CanvasRenderingContext2D, outlook: Outlook): void {
    const begun = performance.now();
    this.#sprites ??= new Sprites(getComputedStyle(document.body).fontFamily);
    this.#ratio = outlook.ratio;
    this.#catches = [];
    const brush: Brush = {
      context,
      outlook,
      sprites: this.#sprites,
      magnified: form.peek() === 'wall' ? WALL_MAGNIFIED : 1,
      catches: this.#catches,
    };
    const shown = (layer: WallLayer, paint: () => void) => {
      if (!shownLayers.peek().has(layer)) return;
      context.globalAlpha = opacityOf(layer) / 100;
      paint();
      context.globalAlpha = 1;
    };
    shown('trails', () => paintTrails(brush, shownWays().values()));
    shown('hazards', () =>
      paintHazards(
        brush,
        shownHazards.peek().map(({ one }) => one.at),
      ),
    );
    shown('people', () => paintPeople(brush, this.#peopleShown(), this.#attention('person')));
    shown('cases', () => this.#paintCases(brush));
    paintPlan(brush, plannedOffers());
    this.#paintOpenCase(brush);
    if (this.#glide.isMoving) this.#glideOn(performance.now() - begun);
    this.onPainted();
  }

  #paintCases(brush: Brush): void {
    const { zoom } = brush.outlook;
    if (zoom < GATHER_ZOOMS.community) paintGathered(brush, this.#cases.gathered('community'));
    else if (zoom < GATHER_ZOOMS.grid) paintGathered(brush, this.#cases.gathered('grid'));
    else
      paintCases(brush, this.#cases.marks, this.#attention('case'), ({ placed: { one } }) =>
        policyName('category', one.category),
      );
  }

  #paintOpenCase(brush: Brush): void {
    const id = openId.peek();
    const one = id === null ? undefined : shownCase(id);
    if (!one) return;
    const suggestion = answerIn(theSuggestion.asked.peek());
    const suggested = one.state === 'filed' ? (suggestion?.at ?? null) : null;
    const offset = this.#cases.get(one.id)?.offset ?? [0, 0];
    paintOpenCase(brush, one.at, offset, markOf(one, shownMoment.peek()), suggested);
  }

  #peopleShown(): PersonMark[] {
    const now = shownMoment.peek();
    return this.#glide.places(performance.now()).map(one => {
      return {
        id: one.person,
        lon: one.lon,
        lat: one.lat,
        look: lookOf(one, now),
        name: () => nameOf(one),
      };
    });
  }

  #attention(kind: 'case' | 'person'): Attention {
    const hovered = this.living.hovered.peek();
    const chosen = kind === 'case' ? openId.peek() : openPerson.peek();
    return { hovered: hovered?.kind === kind ? hovered.id : null, chosen };
  }

  #glideOn(tookMs: number): void {
    this.#gliding ??= setTimeout(
      () => {
        this.#gliding = null;
        this.#canvas.invalidate();
      },
      Math.max(FRAME_MS, tookMs * REST_OF_PAINTING),
    );
  }

  #caughtAt(point: { x: number; y: number }): Caught | null {
    const [x, y] = [point.x * this.#ratio, point.y * this.#ratio];
    const beyond = CATCH_BEYOND_PX * this.#ratio;
    const found = this.#catches.findLast(one => Math.hypot(one.x - x, one.y - y) <= one.radius + beyond);
    if (!found) return null;
    const { lng, lat } = this.living.map.unproject([point.x, point.y]);
    const { kind, id, name } = found;
    return { kind, id, properties: { name: name() }, at: { lon: lng, lat } };
  }
}

function plannedOffers() {
  const offers = answerIn(thePlan.asked.peek())?.offers ?? [];
  return offers.map(({ case: id, responder }) => {
    const known = people.get(responder);
    return { from: known && ([known.lon, known.lat] as const), to: cases.get(id)?.at };
  });
}

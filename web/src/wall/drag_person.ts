import { effect, signal } from '@preact/signals';
import type { CaseItem } from '../shared/case_api';
import { nameOf } from '../shared/language';
import type { MapScene } from '../shared/map/scene';
import { say } from '../shared/parts/Toast';
import { may } from '../shared/session';
import { perform } from './case_acts';
import { cases, people } from './state';
import { wallWords } from './words';

/** A responder taken from a list or from the map and dropped on a case, in the queue or on the map, is sent there. */

export interface Dragged {
  person: string;
  name: string;
}

/** Who is being dragged; lists and the map show where he may be dropped. */
export const dragged = signal<Dragged | null>(null);

/** Offer the case to somebody whom the operator chose himself; the rules of dispatch still hold. */
export function send(one: CaseItem, { person, name }: Dragged): void {
  const t = wallWords();
  if (one.state === 'filed') void perform('assign', one, { responder: person }, t.assigned(name));
  else say(t.notWaiting(one.number));
}

/** Whatever was dragged is dropped on a case. */
export function dropOn(id: string | undefined): void {
  const whom = dragged.value;
  dragged.value = null;
  const one = id === undefined ? undefined : cases.get(id);
  if (whom && one) send(one, whom);
}

/** What a row of a list needs to be dragged. */
export const draggable = (whom: Dragged) => ({
  draggable: true,
  onDragStart: (event: DragEvent) => {
    event.dataTransfer?.setData('text/plain', whom.name);
    dragged.value = whom;
  },
  onDragEnd: () => {
    dragged.value = null;
  },
});

/** What a case's row needs to be dropped on. */
export const dropPlace = (id: string) => ({
  'data-case': id,
  onDragOver: (event: DragEvent) => dragged.value && event.preventDefault(),
  onDrop: (event: DragEvent) => {
    event.preventDefault();
    dropOn(id);
  },
});

const MOVED_PX = 6;

/** Let people on the map be dragged, and cases on it be dropped on; the result ends it. */
export function dragOnMap(living: MapScene): () => void {
  const { map } = living;
  const canvas = map.getCanvasContainer();
  const ended = new AbortController();
  const { signal: stop } = ended;
  const pointOf = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const caseUnder = (event: MouseEvent) => {
    const inList = document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-case]');
    if (inList instanceof HTMLElement) return inList.dataset.case;
    const caught = living.caughtAt(pointOf(event));
    return caught?.kind === 'case' ? caught.id : undefined;
  };
  canvas.addEventListener('dragover', event => dragged.value && event.preventDefault(), { signal: stop });
  canvas.addEventListener('drop', event => dropOn(caseUnder(event)), { signal: stop });

  // A person is grabbed before the map is: else the map would be dragged along.
  const grab = (down: PointerEvent) => {
    const caught = down.button === 0 && may('dispatch') ? living.caughtAt(pointOf(down)) : null;
    const known = caught?.kind === 'person' ? people.get(caught.id) : undefined;
    if (known) carry(living, down, { person: known.person, name: nameOf(known) }, caseUnder);
  };
  canvas.addEventListener('pointerdown', grab, { capture: true, signal: stop });
  const unfollow = effect(() => {
    canvas.classList.toggle('map--dropping', dragged.value !== null);
  });
  return () => {
    ended.abort();
    unfollow();
  };
}

/** From the press on a person until the pointer is let go, or Escape. */
function carry(
  { map }: MapScene,
  down: PointerEvent,
  whom: Dragged,
  caseUnder: (event: MouseEvent) => string | undefined,
): void {
  const until = new AbortController();
  const options = { signal: until.signal };
  const letGo = () => {
    until.abort();
    map.dragPan.enable();
  };
  const forget = () => {
    letGo();
    dragged.value = null;
  };
  const move = (event: PointerEvent) => {
    const far = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > MOVED_PX;
    if (far) dragged.value = whom;
  };
  const drop = (event: PointerEvent) => {
    letGo();
    if (dragged.value) dropOn(caseUnder(event));
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key === 'Escape') forget();
  };
  map.dragPan.disable();
  window.addEventListener('pointermove', move, options);
  window.addEventListener('pointerup', drop, options);
  window.addEventListener('pointercancel', forget, options);
  window.addEventListener('keydown', leave, options);
}

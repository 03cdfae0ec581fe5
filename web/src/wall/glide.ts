import type { Position } from '../shared/case_api';

/** Moving people glide from where they were seen to where they are, where few enough are in the picture. */

export const GLIDE_MS = 800;
const MOST_GLIDING = 150;

interface Move {
  from: Position;
  begun: number;
}

export class Glide {
  #shown = new Map<string, Position>();
  readonly #moves = new Map<string, Move>();

  /** Take the newest places; `isSeen` says who is in the picture. With too many moving at once nobody glides. */
  aim(people: readonly Position[], now: number, isSeen: (one: Position) => boolean): void {
    const next = new Map(people.map(one => [one.person, one]));
    const moved = people.filter(one => {
      const before = this.#shown.get(one.person);
      return before && (before.lon !== one.lon || before.lat !== one.lat) && isSeen(one);
    });
    const glides = moved.length <= MOST_GLIDING;
    for (const one of moved) {
      const from = this.place(one.person, now);
      if (glides && from) this.#moves.set(one.person, { from, begun: now });
    }
    for (const person of this.#moves.keys()) if (!glides || !next.has(person)) this.#moves.delete(person);
    this.#shown = next;
  }

  /** Where somebody is drawn at this instant. */
  place(person: string, now: number): Position | undefined {
    const aim = this.#shown.get(person);
    const move = this.#moves.get(person);
    if (!aim || !move) return aim;
    const share = (now - move.begun) / GLIDE_MS;
    if (share >= 1) return aim;
    const eased = share * (2 - share);
    const { lon, lat } = move.from;
    return { ...aim, lon: lon + (aim.lon - lon) * eased, lat: lat + (aim.lat - lat) * eased };
  }

  /** Everybody as drawn at this instant. */
  places(now: number): Position[] {
    for (const [person, { begun }] of this.#moves) if (now - begun >= GLIDE_MS) this.#moves.delete(person);
    return [...this.#shown.keys()].flatMap(person => this.place(person, now) ?? []);
  }

  get isMoving(): boolean {
    return this.#moves.size > 0;
  }
}

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Position } from '../shared/case_api';
import { inNextFrame } from '../shared/frame';

export interface Moved {
  person: string;
  lon: number;
  lat: number;
  at: string;
  accuracy_m: number | null;
}

/** Who is on duty and where he was last seen. Names come with the list, moves with the stream. */
export class PeopleStore {
  readonly #people = new Map<string, Position>();
  readonly #revision = signal(0);
  /** Told of somebody whose name is not known: time for a fresh list. */
  onStranger: () => void = () => undefined;

  readonly all: ReadonlySignal<readonly Position[]> = computed(() => {
    void this.#revision.value;
    return [...this.#people.values()];
  });

  readonly #tell = () => {
    this.#revision.value += 1;
  };

  get(id: string): Position | undefined {
    return this.#people.get(id);
  }

  replace(people: readonly Position[]): void {
    this.#people.clear();
    for (const one of people) this.#people.set(one.person, one);
    inNextFrame(this.#tell);
  }

  move(moves: readonly Moved[]): void {
    let strangers = false;
    for (const move of moves) {
      const known = this.#people.get(move.person);
      if (known) this.#people.set(move.person, { ...known, ...move });
      else strangers = true;
    }
    inNextFrame(this.#tell);
    if (strangers) this.onStranger();
  }
}

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { CaseItem } from '../shared/case_api';
import { inNextFrame } from '../shared/frame';

/** As long as the style sheet lets a row glow. */
const GLOW_MS = 2_000;

/**
 * The cases that this page knows. They live in one map; `revision` rises when any of them changed, at most once a
 * frame, so that a burst of news is drawn once.
 */
export class CaseStore {
  readonly #cases = new Map<string, CaseItem>();
  /** Cases shown as an act on its way will leave them, each with what is known of it. */
  readonly #expected = new Map<string, CaseItem>();
  readonly #revision = signal(0);
  readonly #changed = signal<ReadonlySet<string>>(new Set());
  /** What changed lately, and until when it glows for that. */
  readonly #glows = new Map<string, number>();
  #waiting = false;
  #scheduled = false;
  readonly #schedule: (act: () => void) => void;

  constructor(schedule: (act: () => void) => void = inNextFrame) {
    this.#schedule = schedule;
  }

  get revision(): ReadonlySignal<number> {
    return this.#revision;
  }

  /** The cases that changed a moment ago: their rows glow once. */
  get changed(): ReadonlySignal<ReadonlySet<string>> {
    return this.#changed;
  }

  readonly all: ReadonlySignal<readonly CaseItem[]> = computed(() => {
    void this.#revision.value;
    return [...this.#cases.values()];
  });

  get(id: string): CaseItem | undefined {
    return this.#cases.get(id);
  }

  /** Put cases in by id; an older telling of a case never overwrites a newer. */
  put(items: Iterable<CaseItem>): void {
    for (const item of items) if (this.#take(item)) this.#glow(item.id);
    this.#announce();
  }

  drop(ids: Iterable<string>): void {
    for (const id of ids) {
      this.#expected.delete(id);
      if (this.#cases.delete(id)) this.#waiting = true;
    }
    this.#announce();
  }

  /** Show a case as an act will leave it, until the server's word comes or the act is taken back. */
  expect(id: string, change: Partial<CaseItem>): void {
    const known = this.#cases.get(id);
    if (!known) return;
    if (!this.#expected.has(id)) this.#expected.set(id, known);
    this.#cases.set(id, { ...known, ...change });
    this.#glow(id);
    this.#announce();
  }

  /** The act came to nothing: show again what is known. */
  takeBack(id: string): void {
    const known = this.#expected.get(id);
    if (!known) return;
    this.#expected.delete(id);
    this.#cases.set(id, known);
    this.#glow(id);
    this.#announce();
  }

  /** Let go of what nobody looks at any more, so that a page that stands for days does not grow. */
  prune(isOver: (item: CaseItem) => boolean): void {
    this.drop([...this.#cases.values()].filter(isOver).map(item => item.id));
  }

  /** Take a fresh list for the truth: what is not in it is gone, unless it is known to be newer. */
  replace(items: readonly CaseItem[], keep: (item: CaseItem) => boolean): void {
    const fresh = new Set(items.map(item => item.id));
    for (const [id, item] of this.#cases) {
      if (!fresh.has(id) && !keep(item)) {
        this.#cases.delete(id);
        this.#expected.delete(id);
        this.#waiting = true;
      }
    }
    // What a list holds is no news: nothing of it glows.
    for (const item of items) this.#take(item);
    this.#announce();
  }

  /** Whether it was news. */
  #take(item: CaseItem): boolean {
    const known = this.#cases.get(item.id);
    if (known && known.events > item.events) return false;
    this.#expected.delete(item.id);
    this.#cases.set(item.id, item);
    this.#waiting = true;
    return true;
  }

  #glow(id: string): void {
    this.#waiting = true;
    this.#glows.delete(id);
    this.#glows.set(id, Date.now() + GLOW_MS);
  }

  #announce(): void {
    if (this.#scheduled || !this.#waiting) return;
    this.#scheduled = true;
    this.#schedule(this.#tell);
  }

  readonly #tell = () => {
    this.#scheduled = false;
    this.#waiting = false;
    const now = Date.now();
    for (const [id, until] of this.#glows) {
      if (until > now) break;
      this.#glows.delete(id);
    }
    this.#changed.value = new Set(this.#glows.keys());
    this.#revision.value += 1;
  };
}

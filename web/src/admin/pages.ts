import { type Signal, signal } from '@preact/signals';
import { ask, type Page, Problem } from '../shared/api';

type Query = Record<string, string | undefined>;

/** A list that grows page by page as somebody asks for more. */
export interface GrowingList<Item> {
  items: Signal<readonly Item[]>;
  next: Signal<string | null>;
  problem: Signal<Problem | null>;
  loading: Signal<boolean>;
  /** From the first page on; what answered another question goes at once. */
  begin: (query?: Query) => Promise<void>;
  more: () => Promise<void>;
  /** What failed, once more. */
  again: () => Promise<void>;
}

export const PAGE = 100;

const isSame = (one: Query, other: Query): boolean => JSON.stringify(one) === JSON.stringify(other);

export function growingList<Item>(path: string): GrowingList<Item> {
  const items = signal<readonly Item[]>([]);
  const next = signal<string | null>(null);
  const problem = signal<Problem | null>(null);
  const loading = signal(false);
  let asked: Query = {};
  let underWay = new AbortController();
  let from: string | undefined;

  /** The newest wish counts: an answer to an older one that comes late would show another day's list. */
  async function load(cursor: string | undefined): Promise<void> {
    underWay.abort();
    const mine = new AbortController();
    underWay = mine;
    from = cursor;
    loading.value = true;
    problem.value = null;
    try {
      const page = await ask<Page<Item>>(path, {
        query: { ...asked, cursor, limit: PAGE },
        signal: mine.signal,
      });
      if (mine.signal.aborted) return;
      items.value = cursor ? [...items.value, ...page.items] : page.items;
      next.value = page.next;
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = error instanceof Problem ? error : new Problem(-1, { title: String(error) });
    }
    loading.value = false;
  }

  return {
    items,
    next,
    problem,
    loading,
    begin: (query = {}) => {
      if (!isSame(query, asked)) items.value = [];
      asked = query;
      return load(undefined);
    },
    more: () => load(next.value ?? undefined),
    again: () => load(from),
  };
}

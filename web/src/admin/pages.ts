import { type Signal, signal } from '@preact/signals';
import { ask, type Page, Problem } from '../shared/api';

/** A list that grows page by page as somebody asks for more. */
export interface GrowingList<Item> {
  items: Signal<readonly Item[]>;
  next: Signal<string | null>;
  problem: Signal<Problem | null>;
  loading: Signal<boolean>;
  begin: (query?: Record<string, string | undefined>) => Promise<void>;
  more: () => Promise<void>;
}

const PAGE = 100;

export function growingList<Item>(path: string): GrowingList<Item> {
  const items = signal<readonly Item[]>([]);
  const next = signal<string | null>(null);
  const problem = signal<Problem | null>(null);
  const loading = signal(false);
  let asked: Record<string, string | undefined> = {};

  async function load(cursor: string | undefined): Promise<void> {
    loading.value = true;
    try {
      const page = await ask<Page<Item>>(path, { query: { ...asked, cursor, limit: PAGE } });
      items.value = cursor ? [...items.value, ...page.items] : page.items;
      next.value = page.next;
      problem.value = null;
    } catch (error) {
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
      asked = query;
      return load(undefined);
    },
    more: () => load(next.value ?? undefined),
  };
}

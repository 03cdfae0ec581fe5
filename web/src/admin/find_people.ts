import { ask, type Page } from '../shared/api';

export interface PersonFound {
  id: string;
  name: string;
  name_en: string;
  post: string;
  area: string;
}

/** Members of staff by part of their name. */
export async function findPeople(text: string, signal: AbortSignal): Promise<PersonFound[]> {
  const page = await ask<Page<PersonFound>>('/people', {
    query: { q: text, limit: 8, active: true },
    signal,
  });
  return page.items;
}

import { computed } from '@preact/signals';
import { ask } from './api';
import { nameOf } from './language';
import { answerIn, question } from './question';

/** What policy names: categories, duties, kinds, posts, departments. Ask once in each page that shows any. */

interface Named {
  id: string;
  name: string;
  name_en: string;
}
export interface Category extends Named {
  severity: number;
  duty: string;
  groups: string[];
}
export interface Kind extends Named {
  outcomes: string[];
}
export interface Department extends Named {
  duties: string[];
}
export interface Classification {
  version: number;
  digest: string;
  categories: Category[];
  groups: Named[];
  duties: Named[];
  kinds: Kind[];
  posts: Named[];
  departments: Department[];
  matters: Named[];
}

export const theClassification = question<Classification>((_, signal) =>
  ask<Classification>('/classification', { signal }),
);

const known = computed(() => {
  const policy = answerIn(theClassification.asked.value);
  const names = (list: readonly Named[] | undefined) => new Map((list ?? []).map(one => [one.id, one]));
  return {
    category: names(policy?.categories),
    department: names(policy?.departments),
    kind: names(policy?.kinds),
    group: names(policy?.groups),
    duty: names(policy?.duties),
    post: names(policy?.posts),
    matter: names(policy?.matters),
  };
});

/** What policy calls a thing, in the language of the moment; its key where policy is not known yet. */
export function policyName(of: keyof typeof known.value, id: string): string {
  const named = known.value[of].get(id);
  return named ? nameOf(named) : id;
}

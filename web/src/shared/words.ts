import { shared as en } from '../words/en/shared';
import { shared as zh } from '../words/zh/shared';
import { catalogue } from './language';

/** The words that every page says. */
export const sharedWords = catalogue(zh, en);

/** A post in words; what the words do not know stands as the server wrote it. */
export function postName(post: string): string {
  const posts: Record<string, string> = sharedWords().posts;
  return posts[post] ?? post;
}

/** What a case is at in words. */
export function caseStateName(state: string): string {
  const states: Record<string, string> = sharedWords().caseStates;
  return states[state] ?? state;
}

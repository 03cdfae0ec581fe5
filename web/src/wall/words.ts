import { catalogue } from '../shared/language';
import { wall as en } from '../words/en/wall';
import { wall as zh } from '../words/zh/wall';

export const wallWords = catalogue(zh, en);

/** A word from one of the catalogue's tables; what it does not know stands as the server wrote it. */
export function worded(table: Readonly<Record<string, string>>, key: string | null): string {
  return key === null ? '' : (table[key] ?? key);
}

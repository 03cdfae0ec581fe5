import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const SOURCE = join(import.meta.dirname, '..', 'src');

/** Every source file of the pages with its path below src/. */
export function sources(ending: RegExp): { path: string; text: string }[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter(name => ending.test(name))
    .map(name => join(SOURCE, name))
    .map(path => ({ path: relative(SOURCE, path), text: readFileSync(path, 'utf8') }));
}

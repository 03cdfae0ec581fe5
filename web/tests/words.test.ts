import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { sources } from './sources';

const WORDS = join(import.meta.dirname, '..', 'src', 'words');
const HAN = /\p{Script=Han}/u;
const LETTERS = /\p{L}{2,}/u;

type Catalogue = { [key: string]: string | ((...values: never[]) => string) | Catalogue };

async function catalogue(language: 'zh' | 'en', name: string): Promise<Catalogue> {
  const module = (await import(join(WORDS, language, name))) as Record<string, Catalogue>;
  return Object.values(module)[0] as Catalogue;
}

function flat(words: Catalogue, at = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'object')
      for (const [below, text] of flat(value, `${at}${key}.`)) found.set(below, text);
    else found.set(at + key, typeof value === 'string' ? value : value(...(Array(6).fill('7') as never[])));
  }
  return found;
}

const names = readdirSync(join(WORDS, 'zh'));

describe.each(names)('the words of %s', name => {
  it('are said in both languages, and none is empty', async () => {
    const [zh, en] = [flat(await catalogue('zh', name)), flat(await catalogue('en', name))];
    expect([...en.keys()].sort()).toEqual([...zh.keys()].sort());
    expect([...zh, ...en].filter(([, text]) => !text.trim())).toEqual([]);
  });

  it('are English in English, but for the name of the other language', async () => {
    const en = flat(await catalogue('en', name));
    const chinese = [...en].filter(([key, text]) => HAN.test(text) && key !== 'switchLanguage');
    expect(chinese).toEqual([]);
  });

  it('use Chinese punctuation between Chinese characters', async () => {
    const zh = flat(await catalogue('zh', name));
    const western = [...zh].filter(([, text]) =>
      /\p{Script=Han}[,;:?!()]|[,;?!()]\p{Script=Han}/u.test(text),
    );
    expect(western).toEqual([]);
  });
});

interface Node {
  type: string;
  value?: unknown;
  name?: Node | string;
  [key: string]: unknown;
}

/** Attributes that people read or hear. */
const SAID = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label', 'aria-roledescription']);

function textsOutsideWords(node: Node, found: string[] = []): string[] {
  if (node.type === 'JSXText' && LETTERS.test(String(node.value))) found.push(String(node.value).trim());
  if (node.type === 'Literal' && typeof node.value === 'string' && HAN.test(node.value))
    found.push(node.value);
  if (node.type === 'TemplateElement' && HAN.test(JSON.stringify(node.value)))
    found.push(JSON.stringify(node.value));
  if (node.type === 'JSXAttribute' && SAID.has(String((node.name as Node)?.name))) {
    const said = node.value as Node | null;
    if (said?.type === 'Literal' && LETTERS.test(String(said.value))) found.push(String(said.value));
  }
  for (const child of Object.values(node)) {
    for (const one of Array.isArray(child) ? child : [child]) {
      if (one && typeof one === 'object' && 'type' in one) textsOutsideWords(one as Node, found);
    }
  }
  return found;
}

/** Units are written where they are formatted, in both languages side by side. */
const MAY_HOLD_WORDS = new Set(['shared/formats.ts']);

describe('the sources', () => {
  const files = sources(/\.tsx?$/).filter(
    ({ path }) => !path.startsWith('words/') && !MAY_HOLD_WORDS.has(path),
  );

  it.each(files)('$path says nothing outside the catalogue', ({ path, text }) => {
    const tree = parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }) as unknown as Node;
    expect(textsOutsideWords(tree)).toEqual([]);
  });

  it('would be found out', () => {
    const tree = parseAst("const a = <p title='Hello'>Some words{'汉字'}</p>", {
      lang: 'tsx',
    }) as unknown as Node;
    expect(textsOutsideWords(tree).sort()).toEqual(['Hello', 'Some words', '汉字'].sort());
  });
});

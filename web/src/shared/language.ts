import { remembered } from './remembered';

export type Language = 'zh' | 'en';

const isLanguage = (value: unknown): value is Language => value === 'zh' || value === 'en';

/** The language of this browser's pages; Chinese unless somebody chose otherwise. */
export const language = remembered<Language>('language', 'zh', isLanguage);

language.subscribe(chosen => {
  if (typeof document !== 'undefined') document.documentElement.lang = chosen === 'en' ? 'en' : 'zh-CN';
});

/** The same entries in another language: a missing or misspelt one fails to compile. */
export type Translated<Original> = {
  readonly [Key in keyof Original]: Original[Key] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : Original[Key] extends string
      ? string
      : Translated<Original[Key]>;
};

/**
 * A page's words. Call the result while rendering, `const t = words()`: the component then follows the
 * language switch.
 */
export function catalogue<Original>(zh: Original, en: Translated<Original>): () => Translated<Original> {
  return () => (language.value === 'en' ? en : (zh as Translated<Original>));
}

/** Names come in both languages from the server; where there is no English one, the Chinese stands. */
export function nameOf(thing: { name: string; name_en?: string | null | undefined }): string {
  return language.value === 'en' && thing.name_en ? thing.name_en : thing.name;
}

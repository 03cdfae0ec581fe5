import type { ComponentChildren } from 'preact';
import { language } from '../language';
import { type ThemeChoice, themeChoice } from '../theme';
import { sharedWords } from '../words';
import { Button, IconButton } from './Button';
import type { IconName } from './Icon';
import './layout.css';
import './panel.css';

export const PAGES = {
  district: '/',
  wall: '/wall',
  plan: '/plan',
  street: '/street',
  report: '/report',
  department: '/department',
  admin: '/admin',
} as const;
export type PageName = keyof typeof PAGES;

interface BarProps {
  page: PageName;
  districtName?: string | undefined;
  synthetic?: boolean | undefined;
  /** Pages to lead to, in this order. */
  links: readonly PageName[];
  middle?: ComponentChildren;
  acts?: ComponentChildren;
}

function isBuilt(name: PageName): boolean {
  return __PAGES__.includes(name === 'district' ? 'index' : name);
}

/** The strip on top of every desk page: where one is, where one can go, how it looks. */
export function Bar({ page, districtName, synthetic, links, middle, acts }: BarProps) {
  const t = sharedWords();
  return (
    <header class="bar">
      <a class="bar__name" href="/">
        <b>{t.product}</b>
        <span class="one-line">{districtName}</span>
      </a>
      {synthetic && (
        <span class="tag tag--warning" title={t.syntheticHint}>
          {t.synthetic}
        </span>
      )}
      <nav class="bar__links" aria-label={t.product}>
        {links.filter(isBuilt).map(name => (
          <a key={name} href={PAGES[name]} aria-current={name === page ? 'page' : undefined}>
            {t.pages[name]}
          </a>
        ))}
      </nav>
      <div class="bar__room">{middle}</div>
      <div class="bar__acts">
        {acts}
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </header>
  );
}

export function LanguageSwitch() {
  const t = sharedWords();
  return (
    <Button
      look="quiet"
      title={t.switchLanguageHint}
      lang={language.value === 'zh' ? 'en' : 'zh-CN'}
      onClick={switchLanguage}
    >
      {t.switchLanguage}
    </Button>
  );
}

export function switchLanguage(): void {
  language.value = language.value === 'zh' ? 'en' : 'zh';
}

const NEXT_THEME: Record<ThemeChoice, ThemeChoice> = { auto: 'light', light: 'dark', dark: 'auto' };
const THEME_ICON: Record<ThemeChoice, IconName> = { auto: 'auto', light: 'light', dark: 'dark' };

export function switchTheme(): void {
  themeChoice.value = NEXT_THEME[themeChoice.value];
}

export function ThemeSwitch() {
  const t = sharedWords();
  const said = { auto: t.themeAuto, light: t.themeLight, dark: t.themeDark }[themeChoice.value];
  return <IconButton icon={THEME_ICON[themeChoice.value]} label={t.themeHint(said)} onClick={switchTheme} />;
}

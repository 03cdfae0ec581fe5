import { signal } from '@preact/signals';

/** Which part of the page is open: in the address, behind the #, so that back goes back and links lead in. */

export const VIEWS = ['home', 'report', 'order', 'visit', 'wish', 'dispute', 'near', 'mine'] as const;
export type View = (typeof VIEWS)[number];
export type Where = { view: View } | { view: 'sent' | 'follow'; tracking: string };

function read(): Where {
  const [name = '', tracking = ''] = location.hash.slice(1).split('=');
  if ((name === 'follow' || name === 'sent') && tracking)
    return { view: name, tracking: decodeURIComponent(tracking) };
  return { view: VIEWS.find(view => view === name) ?? 'home' };
}

export const where = signal<Where>(read());

export function followAddress(): void {
  addEventListener('hashchange', () => {
    where.value = read();
    scrollTo(0, 0);
    document.querySelector<HTMLElement>('main h1')?.focus();
  });
}

export const hashOf = (to: Where): string =>
  'tracking' in to ? `#${to.view}=${encodeURIComponent(to.tracking)}` : `#${to.view}`;

export function go(to: Where): void {
  location.hash = hashOf(to);
}

/** The link that somebody may keep. */
export const linkTo = (tracking: string): string =>
  `${location.origin}${location.pathname}${hashOf({ view: 'follow', tracking })}`;

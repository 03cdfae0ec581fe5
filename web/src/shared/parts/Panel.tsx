import type { ComponentChildren } from 'preact';
import { sharedWords } from '../words';
import { IconButton } from './Button';
import './panel.css';

interface PanelProps {
  title: ComponentChildren;
  /** Buttons beside the title. */
  acts?: ComponentChildren;
  label?: string;
  id?: string;
  children: ComponentChildren;
}

/** A column or box of the page with a title that stays while its body scrolls. */
export function Panel({ title, acts, label, id, children }: PanelProps) {
  return (
    <section class="panel" id={id} aria-label={label}>
      <header class="panel__head">
        <h2 class="one-line">{title}</h2>
        {acts}
      </header>
      <div class="panel__body">{children}</div>
    </section>
  );
}

interface CardProps {
  kind: ComponentChildren;
  title: ComponentChildren;
  onClose?: () => void;
  acts?: ComponentChildren;
  label: string;
  children: ComponentChildren;
}

/** One thing of the map in words. */
export function Card({ kind, title, onClose, acts, label, children }: CardProps) {
  return (
    <article class="card" aria-label={label}>
      <header class="card__head">
        <div class="card__kind">{kind}</div>
        <h2>{title}</h2>
        {onClose && (
          <IconButton class="card__close" icon="close" label={sharedWords().close} onClick={onClose} />
        )}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <div class="card__body" tabIndex={0}>
        {children}
      </div>
      {acts && <footer class="card__foot">{acts}</footer>}
    </article>
  );
}

/** Pairs of what and how much; undefined ones are left out. */
export function Facts({ of }: { of: readonly (readonly [string, ComponentChildren] | undefined | false)[] }) {
  return (
    <dl class="facts">
      {of.map(
        fact =>
          fact &&
          fact[1] !== undefined &&
          fact[1] !== null && [<dt key={`${fact[0]}-name`}>{fact[0]}</dt>, <dd key={fact[0]}>{fact[1]}</dd>],
      )}
    </dl>
  );
}

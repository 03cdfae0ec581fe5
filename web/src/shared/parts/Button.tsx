import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon';
import './button.css';

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'size'> {
  /** One primary button at most in a panel: the next step. */
  look?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  /** The key that does the same. */
  shortcut?: string;
  /** While the act is under way: the button stays where it is and cannot be pressed twice. */
  busy?: boolean;
  children?: ComponentChildren;
}

export function Button({ look = 'plain', icon, shortcut, busy, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button--${look} ${rest.class ?? ''}`}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
    >
      {icon && <Icon name={icon} />}
      {children !== undefined && <span class="button__label">{children}</span>}
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a key's picture is not focusable */}
      {shortcut && <kbd aria-hidden="true">{shortcut}</kbd>}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'label' | 'icon' | 'size'> {
  icon: IconName;
  /** Said by screen readers and shown on hover. */
  label: string;
  pressed?: boolean;
  size?: number;
}

export function IconButton({ icon, label, pressed, size = 16, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`icon-button ${rest.class ?? ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
    >
      <Icon name={icon} size={size} />
    </button>
  );
}

import type { ComponentProps, ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import { Kbd } from './Kbd.tsx';
import { tip } from './Tooltip.tsx';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  children?: ReactNode;
  icon?: IconName;
  /** Name for a button that shows only an icon; it is the tooltip, too. */
  label?: string;
  /** `plain` recedes into the chrome, `raised` is a control, `accent` is the one thing to do, `danger` destroys. */
  tone?: 'plain' | 'raised' | 'accent' | 'danger';
  /** Shortcut that does the same, as text; it stands in the tooltip. */
  chord?: string;
  /** Shows the shortcut beside the text, as in the toolbar. */
  showChord?: boolean;
  /** Words of the tooltip where they are more than the name. */
  hint?: string | undefined;
}

/** A button of 28 pixels; with `aria-pressed` it is a toggle. */
export function Button(props: ButtonProps) {
  const { children, icon, label, tone = 'plain', chord = '', showChord, hint, className, ...rest } = props;
  return (
    <button
      type="button"
      className={`button ${tone}${children === undefined ? ' square' : ''} ${className ?? ''}`}
      aria-label={label}
      aria-keyshortcuts={chord === '' ? undefined : chord.replaceAll(' ', '+').replace('Ctrl', 'Control')}
      {...tip(hint ?? label, chord)}
      {...rest}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
      {showChord === true && chord !== '' && <Kbd>{chord}</Kbd>}
    </button>
  );
}

import type { ComponentProps, ReactNode } from 'react';
import type { ActionName } from '../../shared/keys.ts';
import { runAction } from '../store/actions.ts';
import { useChord } from '../store/hooks.ts';
import { Icon, type IconName } from './Icon.tsx';
import { Kbd } from './Kbd.tsx';
import { tip } from './Tooltip.tsx';

interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  children?: ReactNode;
  icon?: IconName;
  /** Name for a button that shows only an icon; it is the tooltip, too. */
  label?: string;
  /** `plain` recedes into the chrome, `raised` is a control, `accent` is the one thing to do, `danger` destroys. */
  tone?: 'plain' | 'raised' | 'accent' | 'danger';
  /** Runs this action when no `onClick` is given, and shows its shortcut in the tooltip. */
  action?: ActionName;
  /** Shows the shortcut beside the text, as in the toolbar. */
  showChord?: boolean;
}

/** A button of 28 pixels; with `aria-pressed` it is a toggle. */
export function Button({ children, icon, label, tone = 'plain', action, showChord, className, ...rest }: ButtonProps) {
  const chord = useChord(action);
  const run = action === undefined ? undefined : () => void runAction(action);
  return (
    <button
      type="button"
      className={`button ${tone}${children === undefined ? ' square' : ''} ${className ?? ''}`}
      aria-label={label}
      aria-keyshortcuts={chord === '' ? undefined : chord.replaceAll(' ', '+').replace('Ctrl', 'Control')}
      {...tip(label ?? (showChord === true || chord === '' ? undefined : textOf(children)), chord)}
      onClick={run}
      {...rest}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
      {showChord === true && chord !== '' && <Kbd>{chord}</Kbd>}
    </button>
  );
}

function textOf(children: ReactNode): string | undefined {
  return typeof children === 'string' ? children : undefined;
}

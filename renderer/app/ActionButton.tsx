/** Controls that run an action of the table: words, icon, shortcut and whether it can be done all come from its rows. */

import { type ActionName, actionFacts, historyTitle } from '../../shared/actions.ts';
import { useChord } from '../store/hooks.ts';
import { chordText, history, settings } from '../store/stores.ts';
import { Button, type ButtonProps } from '../ui/Button.tsx';
import type { MenuItem } from '../ui/Menu.tsx';
import { PAGE_ACTIONS } from './actions.ts';
import { runAction, useWhyNot, whyNot } from './dispatch.ts';

interface ActionButtonProps extends Omit<ButtonProps, 'chord' | 'hint' | 'disabled'> {
  action: ActionName;
  /** Only the icon is shown, the words are its name. */
  iconOnly?: boolean;
}

/** A button that does an action; where it cannot be done now its tooltip says why. */
export function ActionButton({ action, iconOnly = false, children, ...rest }: ActionButtonProps) {
  const chord = useChord(action);
  const reason = useWhyNot(action);
  const { label, short = label } = actionFacts(action);
  const { icon } = PAGE_ACTIONS[action];
  return (
    <Button
      {...(icon === undefined ? {} : { icon })}
      {...(iconOnly ? { label } : {})}
      chord={chord}
      hint={reason ?? (children === undefined && short === label ? undefined : label)}
      disabled={reason !== null}
      onClick={() => runAction(action)}
      {...rest}
    >
      {iconOnly ? undefined : (children ?? short)}
    </Button>
  );
}

/** The row of an action in a menu; it is greyed where it cannot be done. Made when the menu opens. */
export function actionItem(
  action: ActionName,
  extra: Partial<Extract<MenuItem, { onChoose: () => void }>> = {},
): MenuItem {
  const { label, short = label } = actionFacts(action);
  const { icon } = PAGE_ACTIONS[action];
  const step = action === 'history.undo' ? history.getState().undo : history.getState().redo;
  return {
    label: action === 'history.undo' || action === 'history.redo' ? historyTitle(action, step) : short,
    ...(icon === undefined ? {} : { icon }),
    chord: chordText(action, settings.getState().keys),
    disabled: whyNot(action) !== null,
    onChoose: () => runAction(action),
    ...extra,
  };
}

import { type ComponentProps, type ReactNode, useId } from 'react';
import { Icon, type IconName } from './Icon.tsx';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value'> {
  label: string;
  /** Shows the label beside the field; else it is its name only. */
  showLabel?: boolean;
  value: string;
  onChange: (value: string) => void;
  icon?: IconName;
  trailing?: ReactNode;
}

export function TextField({
  label,
  showLabel,
  value,
  onChange,
  icon,
  trailing,
  className = '',
  ...rest
}: TextFieldProps) {
  const id = useId();
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id} className={showLabel === true ? undefined : 'only-read'}>
        {label}
      </label>
      <span className="field-box">
        {icon !== undefined && <Icon name={icon} />}
        <input
          id={id}
          type="text"
          value={value}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
          {...rest}
        />
        {trailing}
      </span>
    </div>
  );
}

/** A box to tick, with its words and an optional count at the end of the line. */
export function Checkbox({
  checked,
  onChange,
  children,
  count,
  mark,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
  count?: number;
  mark?: ReactNode;
}) {
  return (
    <label className="checkbox">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span className="checkbox-box" aria-hidden="true">
        <Icon name="check" size={12} />
      </span>
      {mark}
      <span className="checkbox-label cut">{children}</span>
      {count !== undefined && <span className="count">{count.toLocaleString('en')}</span>}
    </label>
  );
}

/** A value on a range, by mouse, wheel-free, and by the arrow keys. */
export function Slider({
  label,
  value,
  min,
  max,
  step = 1,
  text,
  onChange,
  onCommit,
  className = '',
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  /** The value in words for a screen reader. */
  text?: string;
  onChange: (value: number) => void;
  /** Called once when the person lets go. */
  onCommit?: (value: number) => void;
  className?: string;
}) {
  const commit = (element: HTMLInputElement) => onCommit?.(element.valueAsNumber);
  return (
    <input
      className={`slider ${className}`}
      type="range"
      aria-label={label}
      aria-valuetext={text}
      data-tip={label}
      min={min}
      max={max}
      step={step}
      value={value}
      style={{ '--share': `${((value - min) / (max - min)) * 100}%` } as React.CSSProperties}
      onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      onPointerUp={(event) => commit(event.currentTarget)}
      onKeyUp={(event) => commit(event.currentTarget)}
    />
  );
}

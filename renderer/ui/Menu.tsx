import { type ReactNode, useRef, useState } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import { Kbd } from './Kbd.tsx';
import { type Place, Popover } from './Popover.tsx';

export type MenuItem =
  | {
      kind?: 'item';
      label: string;
      icon?: IconName;
      /** Drawn in place of the icon: a color dot. */
      mark?: ReactNode;
      /** Ticked (radio-like and toggle items); undefined for a plain verb. */
      checked?: boolean;
      disabled?: boolean;
      tone?: 'danger';
      /** Shortcut that does the same, as text. */
      chord?: string;
      onChoose: () => void;
    }
  | { kind: 'line' }
  | { kind: 'head'; label: string }
  | { kind: 'submenu'; label: string; icon?: IconName; items: readonly MenuItem[]; disabled?: boolean };

interface MenuProps {
  label: string;
  items: readonly MenuItem[];
  place: Place;
  onClose: () => void;
}

/** A menu at a place: arrows move, letters find, Right opens a submenu, Escape closes and gives the keyboard back. */
export function Menu({ label, items, place, onClose }: MenuProps) {
  const list = useRef<HTMLDivElement>(null);
  const [submenu, setSubmenu] = useState<{ index: number; element: Element } | null>(null);
  const typed = useRef({ text: '', at: 0 });

  const entries = (): HTMLElement[] => [
    ...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]:not([aria-disabled=true])') ?? []),
  ];
  const move = (by: number) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + by + all.length) % all.length]?.focus();
  };
  const find = (letter: string) => {
    const now = performance.now();
    typed.current = { text: (now - typed.current.at < 700 ? typed.current.text : '') + letter.toLowerCase(), at: now };
    entries()
      .find((entry) => entry.textContent?.trim().toLowerCase().startsWith(typed.current.text))
      ?.focus();
  };

  return (
    <Popover place={place} onClose={onClose} className="menu" role="menu" label={label}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the menu around it */}
      <div
        ref={list}
        role="presentation"
        onKeyDown={(event) => {
          const { key } = event;
          if (key === 'ArrowDown' || key === 'ArrowUp') {
            const focused = entries().includes(document.activeElement as HTMLElement);
            if (!focused && key === 'ArrowUp') entries().at(-1)?.focus();
            else move(key === 'ArrowDown' ? 1 : -1);
          } else if (key === 'Home') entries()[0]?.focus();
          else if (key === 'End') entries().at(-1)?.focus();
          else if (key === 'Tab') onClose();
          else if (key.length === 1 && key !== ' ' && !event.ctrlKey && !event.metaKey) find(key);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        {items.map((item, index) => {
          const id = `${index}-${'label' in item ? item.label : ''}`;
          if (item.kind === 'line') return <hr key={id} />;
          if (item.kind === 'head') {
            return (
              <div key={id} className="menu-head section-head" role="presentation">
                {item.label}
              </div>
            );
          }
          return (
            <MenuRow
              key={id}
              item={item}
              open={submenu?.index === index}
              onOpen={(element) => setSubmenu(element === null ? null : { index, element })}
              onClose={onClose}
            />
          );
        })}
      </div>
      {submenu !== null && <Submenu {...submenu} items={items} onBack={() => setSubmenu(null)} onClose={onClose} />}
    </Popover>
  );
}

function Submenu({
  index,
  element,
  items,
  onBack,
  onClose,
}: {
  index: number;
  element: Element;
  items: readonly MenuItem[];
  onBack: () => void;
  onClose: () => void;
}) {
  const item = items[index];
  if (item?.kind !== 'submenu') return null;
  const { right, top } = element.getBoundingClientRect();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: leads the keyboard back to the menu it came from
    <div
      role="presentation"
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onBack();
      }}
    >
      <Menu label={item.label} items={item.items} place={{ x: right - 4, y: top - 5 }} onClose={onClose} />
    </div>
  );
}

function MenuRow({
  item,
  open,
  onOpen,
  onClose,
}: {
  item: Exclude<MenuItem, { kind: 'line' } | { kind: 'head' }>;
  open: boolean;
  onOpen: (element: Element | null) => void;
  onClose: () => void;
}) {
  const chord = (item.kind === 'submenu' ? undefined : item.chord) ?? '';
  const isSubmenu = item.kind === 'submenu';
  const checked = isSubmenu ? undefined : item.checked;
  const choose = (element: Element) => {
    if (item.disabled === true) return;
    if (isSubmenu) return onOpen(element);
    onClose();
    item.onChoose();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is one of two
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: only the tickable one is ticked
    <div
      role={checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
      aria-checked={checked}
      aria-disabled={item.disabled}
      aria-haspopup={isSubmenu ? 'menu' : undefined}
      aria-expanded={isSubmenu ? open : undefined}
      className={!isSubmenu && item.tone === 'danger' ? 'danger' : undefined}
      tabIndex={-1}
      onPointerEnter={(event) => {
        event.currentTarget.focus({ preventScroll: true });
        if (isSubmenu && item.disabled !== true) onOpen(event.currentTarget);
        else onOpen(null);
      }}
      onClick={(event) => choose(event.currentTarget)}
      onKeyDown={(event) => {
        const opens = event.key === 'Enter' || event.key === ' ' || (isSubmenu && event.key === 'ArrowRight');
        if (!opens) return;
        event.preventDefault();
        event.stopPropagation();
        choose(event.currentTarget);
      }}
    >
      <span className="menu-mark">
        {checked === true ? <Icon name="check" size={14} /> : isSubmenu || item.mark === undefined ? null : item.mark}
        {checked !== true && item.icon !== undefined && <Icon name={item.icon} size={14} />}
      </span>
      <span className="menu-label">{item.label}</span>
      {chord !== '' && <Kbd>{chord}</Kbd>}
      {isSubmenu && <Icon name="right" size={12} />}
    </div>
  );
}

/** A button that opens a menu under it. */
export function MenuButton({
  label,
  items,
  children,
  tone = 'raised',
  align = 'start',
  tooltip,
}: {
  label: string;
  items: () => readonly MenuItem[];
  children: ReactNode;
  tone?: 'plain' | 'raised';
  align?: 'start' | 'end';
  tooltip?: Record<string, string>;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState<{ element: Element; align: 'start' | 'end' } | null>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`button ${tone}`}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open !== null}
        {...tooltip}
        onClick={(event) => setOpen(open === null ? { element: event.currentTarget, align } : null)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen({ element: event.currentTarget, align });
        }}
      >
        {children}
      </button>
      {open !== null && <Menu label={label} items={items()} place={open} onClose={() => setOpen(null)} />}
    </>
  );
}

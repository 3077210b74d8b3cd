/** Our own line icons on a 16-pixel square, drawn in the color of the text. Decorative: the control has the name. */
import type { ReactNode } from 'react';

const line = (d: string): ReactNode => <path d={d} />;

const ICONS = {
  search: line('M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10Zm3.6-1.4L14 14'),
  photos: line('M2 3.5h12v9H2zM2 10.5l3.5-3.5 3 3L11 7.5l3 3'),
  star: line('M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4 4.3 13.5l.8-4.2L2 6.4l4.2-.5L8 2Z'),
  clock: line('M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12Zm0-9.5V8l2.3 1.7'),
  warning: line('M8 2.5 14.2 13.5H1.8L8 2.5ZM8 6.5v3M8 11.3v.4'),
  folder: line('M2 4.5v8h12v-7H8L6.5 3.5H2v1Z'),
  album: line('M2.5 6h11v7.5h-11zM4 3.8h8M5.5 1.7h5'),
  smart: line('M2.5 6h11v7.5h-11zM4 3.8h8M8 7.5l.7 1.5 1.6.2-1.2 1.1.3 1.6L8 11.1l-1.4.8.3-1.6-1.2-1.1 1.6-.2L8 7.5Z'),
  gear: line(
    'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4',
  ),
  close: line('M4 4l8 8M12 4l-8 8'),
  check: line('M3 8.5 6.5 12 13 4.5'),
  down: line('M4.5 6.5 8 10l3.5-3.5'),
  right: line('M6.5 4.5 10 8l-3.5 3.5'),
  left: line('M9.5 4.5 6 8l3.5 3.5'),
  up: line('M4.5 9.5 8 6l3.5 3.5'),
  plus: line('M8 3v10M3 8h10'),
  minus: line('M3 8h10'),
  more: line('M3.5 8h.01M8 8h.01M12.5 8h.01'),
  pause: line('M5.5 3.5v9M10.5 3.5v9'),
  play: line('M5 3.5v9L12.5 8 5 3.5Z'),
  stop: line('M4 4h8v8H4z'),
  filter: line('M2 4h12M4.5 8h7M6.5 12h3'),
  ascending: line('M8 13V3.5M4 7l4-4 4 4'),
  descending: line('M8 3v9.5M4 9l4 4 4-4'),
  flag: line('M4 14V2.5h8L10 5.5l2 3H4'),
  reject: line('M4 4l8 8M12 4l-8 8'),
  rejected: line('M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM3.8 3.8l8.4 8.4'),
  sidebar: line('M2 3h12v10H2zM6 3v10'),
  inspector: line('M2 3h12v10H2zM10 3v10'),
  justified: line('M2 3h7v4.5H2zM11 3h3v4.5h-3zM2 9.5h4V14H2zM8 9.5h6V14H8z'),
  square: line('M2.5 2.5h4.5V7H2.5zM9 2.5h4.5V7H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z'),
  compare: line('M2 3h5v10H2zM9 3h5v10H9z'),
  stack: line('M2.5 6h9v8h-9zM5 3.5h9v8'),
  pin: line('M8 14s4.5-4.2 4.5-7.5a4.5 4.5 0 0 0-9 0C3.5 9.8 8 14 8 14Zm0-6a1.7 1.7 0 1 0 0-3.4A1.7 1.7 0 0 0 8 8Z'),
  offline: line('M2 4.5v8h12v-7H8L6.5 3.5H2v1ZM6 7.5l4 3.5M10 7.5l-4 3.5'),
  file: line('M4 2h5l3.5 3.5V14H4zM9 2v3.5h3.5'),
  key: line('M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M12 7h.01M5 9.5h6'),
  refresh: line('M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 2v3h-3'),
  rotateLeft: line('M13.5 8H7v6h6.5zM11 5.5a4.8 4.8 0 0 0-8.4 2.6M2.4 5v3.2h3.2'),
  rotateRight: line('M2.5 8H9v6H2.5zM5 5.5a4.8 4.8 0 0 1 8.4 2.6M13.6 5v3.2h-3.2'),
  trash: line('M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.7 9h5.6l.7-9'),
  sparkle: line('M8 2v3.5M8 10.5V14M2 8h3.5M10.5 8H14M4 4l1.5 1.5M10.5 10.5 12 12M12 4l-1.5 1.5M5.5 10.5 4 12'),
  external: line('M9 3h4v4M13 3 7.5 8.5M11.5 9.5v3.5H3V4.5h3.5'),
  home: line('M2.5 7.5 8 2.5l5.5 5M4 6.5V13h8V6.5M6.5 13V9.5h3V13'),
  disk: line('M2 9.5h12V13H2zM2 9.5 4 3h8l2 6.5M11.5 11.3h.01'),
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof ICONS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {ICONS[name]}
    </svg>
  );
}

/** A key as it is printed beside the words of a control, which says it to a screen reader by itself. */
export function Kbd({ children }: { children: string }) {
  return (
    <span className="kbd" aria-hidden="true">
      {children}
    </span>
  );
}

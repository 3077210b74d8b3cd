import type { ReactNode } from 'react';

/** What fills a view that has nothing to show: what it is for or what happened, and one thing to do. */
export function State({
  title,
  children,
  actions,
  details,
  live = false,
}: {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
  /** Folded away: for a report, not for reading. */
  details?: string | null;
  live?: boolean;
}) {
  return (
    <div className="state" role={live ? 'status' : undefined}>
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className="row">{actions}</div>}
      {details != null && details !== '' && (
        <details>
          <summary>Details</summary>
          {details}
        </details>
      )}
    </div>
  );
}

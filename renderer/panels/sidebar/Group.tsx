import type { ReactNode } from 'react';

/** A part of the sidebar under its name. */
export function Group({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <section className="places" aria-label={title}>
      <header>
        <h2 className="section-head">{title}</h2>
        {action}
      </header>
      {children}
    </section>
  );
}

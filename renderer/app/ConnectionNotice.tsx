import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { connection, unwritten } from '../store/stores.ts';

/** Milliseconds without the program before that is worth more than the word in the status bar. */
const PATIENCE = 1_500;

/** Says that the program is gone, what becomes of marks, and what to do. */
export function ConnectionNotice() {
  const way = useStore(connection, (state) => state.state);
  const marks = useStore(unwritten, (state) => state.count);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (way !== 'waiting') return setLong(false);
    const timer = setTimeout(setLong, PATIENCE, true);
    return () => clearTimeout(timer);
  }, [way]);
  const waits = marks > 0 && way !== 'open';
  useEffect(() => {
    if (!waits) return;
    // Closed now, the page would take what is not written yet with it.
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [waits]);
  if (way === 'locked') {
    return (
      <Strip>
        Keeplight was started anew and does not know this page. Open the address that it printed; what it had written is
        there.
      </Strip>
    );
  }
  if (way !== 'waiting' || !isLong) return null;
  return (
    <Strip>
      Keeplight does not answer. The page tries again by itself
      {marks === 0
        ? '.'
        : `; ${marks === 1 ? '1 mark waits' : `${marks.toLocaleString('en')} marks wait`} to be written, so leave it open.`}
    </Strip>
  );
}

function Strip({ children }: { children: React.ReactNode }) {
  return (
    <div className="notice problem" role="alert">
      <span>{children}</span>
    </div>
  );
}

import './notices.css';
import { type ReactNode, useEffect } from 'react';
import { useStore } from 'zustand';
import { NOTICE_STAYS, type Notice } from '../store/notices.ts';
import { closeNotice, notices } from '../store/stores.ts';
import { Button } from '../ui/Button.tsx';

/** The messages at the foot of the page, read out as they come. */
export function Notices({ children }: { children?: ReactNode }) {
  const list = useStore(notices, (state) => state.list);
  return (
    <section className="notices" aria-label="Messages" aria-live="polite">
      {children}
      {list.map((notice) => (
        <NoticeRow key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeRow({ notice }: { notice: Notice }) {
  const { id, tone } = notice;
  useEffect(() => {
    if (tone === 'problem') return;
    const timer = setTimeout(closeNotice, NOTICE_STAYS, id);
    return () => clearTimeout(timer);
  }, [id, tone]);
  return (
    <div className={`notice ${tone}`} role={tone === 'problem' ? 'alert' : undefined}>
      <span className="selectable">{notice.text}</span>
      {notice.action !== null && (
        <Button
          onClick={() => {
            closeNotice(id);
            notice.action?.run();
          }}
        >
          {notice.action.label}
        </Button>
      )}
      <Button icon="close" label="Close message" onClick={() => closeNotice(id)} />
    </div>
  );
}

import './report.css';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { photosText } from '../../../shared/photo.ts';
import { REPORT_STYLE, reportMarkup } from '../../../shared/report-markup.ts';
import { useReport } from '../../store/hooks.ts';
import { leaveReport, library, pictureUrl, readReport } from '../../store/stores.ts';
import { State } from '../../ui/State.tsx';

export function ReportView() {
  const query = useStore(library, (state) => state.query);
  const { report, problem, version, counted } = useReport((state) => state);
  useEffect(() => {
    void readReport(query, version);
    return leaveReport;
  }, [query, version]);
  useEffect(() => {
    // A sheet that is made: the page's policy allows no style in a text.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(REPORT_STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    };
  }, []);
  if (problem !== null) return <State title="There is no report">{problem}</State>;
  if (report === null) {
    return counted === null ? null : (
      <State title="Counting">
        {counted.done.toLocaleString('en')} of {photosText(counted.total)}
      </State>
    );
  }
  const markup = reportMarkup(report, (picture, size) => pictureUrl(size === 'large' ? 'screen' : 'thumb', picture));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a page that scrolls must be reachable by keyboard
    <section className="report-scroll" tabIndex={0} aria-label="Report">
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: made by our own rules, every text in it escaped */}
      <article className="report" dangerouslySetInnerHTML={{ __html: markup }} />
    </section>
  );
}

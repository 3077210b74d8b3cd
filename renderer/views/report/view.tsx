/** The critique of the place that is shown: to read, to print, to send. */
import { BackTitle } from '../../app/BackTitle.tsx';
import { defineView } from '../../app/view.ts';
import { ReportTools } from './ReportTools.tsx';
import { ReportView } from './ReportView.tsx';

export const view = defineView('report', {
  Stage: ReportView,
  Title: BackTitle,
  Tools: ReportTools,
  Status: null,
  Inspector: null,
});

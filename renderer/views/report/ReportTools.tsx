import { useState } from 'react';
import { ChooseFolder } from '../../panels/folders/ChooseFolder.tsx';
import { useReport, useSettings } from '../../store/hooks.ts';
import { setReportVersion, wordReport, writeReport } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Segmented } from '../../ui/Segmented.tsx';

const VERSIONS = [
  { value: 'full', label: 'For you' },
  { value: 'client', label: 'For a client' },
] as const;

/** For whom it is, and the ways in which it leaves. */
export function ReportTools() {
  const version = useReport((state) => state.version);
  const isThere = useReport((state) => state.report !== null);
  const writing = useReport((state) => state.writing);
  const hasModel = useSettings((now) => now.models.active !== null);
  const [ending, setEnding] = useState<'html' | 'pdf' | null>(null);
  return (
    <>
      <Segmented label="Version" options={VERSIONS} value={version} onChange={setReportVersion} />
      {hasModel && version === 'full' && (
        <Button tone="raised" disabled={!isThere || writing} onClick={() => void wordReport()}>
          {writing ? 'Writing…' : 'In words'}
        </Button>
      )}
      <Button tone="raised" disabled={!isThere} onClick={() => window.print()}>
        Print
      </Button>
      <Button tone="raised" disabled={!isThere} onClick={() => setEnding('pdf')}>
        PDF…
      </Button>
      <Button tone="raised" disabled={!isThere} onClick={() => setEnding('html')}>
        Save…
      </Button>
      {ending !== null && (
        <ChooseFolder
          title="Save the report in"
          verb="Save in"
          words={() => 'One file with its pictures inside; nothing is written over.'}
          onChoose={(token) => void writeReport(token, ending)}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}

/** Whether the Node that runs this fits: the doctor of the core and the one of the command line both say so. */
import type { Finding } from './records.ts';

const OLDEST_MAJOR = 24;

export function findNode(): Finding {
  const fits = Number(process.versions.node.split('.')[0]) >= OLDEST_MAJOR;
  return {
    name: 'Node',
    state: fits ? 'works' : 'missing',
    text: `${process.version} on ${process.platform} ${process.arch} at ${process.execPath}`,
    remedy: fits ? null : `npm start brings Node ${OLDEST_MAJOR}.`,
  };
}

/**
 * Runs several verbs in one process, by the same way to standard output as `keeplight`: for tests of what reaches it. Each
 * document is followed by a line with the exit code between two bytes that no document has.
 */
import { hasDocument, openDocument, runWithDocument } from '../../electron/shell/cli/document.ts';

if (hasDocument()) {
  const { runVerb } = await import('../../electron/shell/cli/command-line.ts');
  const document = openDocument();
  const { signal } = new AbortController();
  for (const parameters of JSON.parse(process.argv[2]!) as string[][]) {
    // As a library would, in the middle of everything.
    console.log(`before ${parameters[0]}`);
    const code = await runVerb(parameters, { document, messages: process.stderr, signal });
    await new Promise<void>((done) => document.write(`\0${code}\0`, () => done()));
  }
  process.exit(0);
} else process.exit(await runWithDocument());

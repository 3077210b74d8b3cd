/**
 * Runs one verb: reads its options, gives it the core and the two streams, and turns what goes wrong into one sentence
 * and an exit code: 0 done, 1 failed, 2 typed wrong, 130 stopped with Ctrl+C.
 */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { parseArgs } from 'node:util';
import { messageOf } from '../../../shared/error-message.ts';
import { CoreError } from '../../core/base/core-error.ts';
import { defaultDataDirectory } from '../data-directory.ts';
import { openDocument } from './document.ts';
import { UsageError, type Verb, type VerbCall, type VerbOption } from './verbs/verb.ts';
import { VERBS } from './verbs/verbs.ts';

const COMMON: Record<string, VerbOption> = {
  data: { type: 'string', value: 'dir', help: "where catalog and previews live (default: the system's folder)" },
  json: { type: 'boolean', help: 'print one JSON document on stdout' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
};
/** Characters of a list that are written at once. */
const CHUNK = 65_536;
/** Between two progress lines where no terminal is. */
const PROGRESS_MILLISECONDS = 5_000;

export async function runCommandLine(parameters: string[]): Promise<void> {
  const stop = new AbortController();
  listenForStop(stop);
  // Whoever read our output has had enough (`| head`): that is an end, not a failure.
  const document = openDocument();
  document.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.stderr.on('error', () => {});
  process.stdout.on('error', () => {});
  process.exit(await runVerb(parameters, { document, messages: process.stderr, signal: stop.signal }));
}

/** Where a verb writes to, and what stops it. */
export type Ways = { document: Writable; messages: Writable; signal: AbortSignal };

/** Runs one verb in this process. @returns its exit code; what it wrote is out by then. */
export async function runVerb(parameters: string[], { document, messages, signal }: Ways): Promise<number> {
  const write: Write = (text) => new Promise((done) => document.write(text, () => done()));
  const people = linesTo(messages);
  let code = 0;
  try {
    await dispatch(parameters, signal, write, people);
  } catch (error) {
    people.say(signal.aborted ? 'Stopped.' : sentence(error));
    code = signal.aborted ? 130 : error instanceof UsageError ? 2 : 1;
  }
  // Written texts are out before the process goes, whatever a library may still keep open.
  await write('');
  return code;
}

function listenForStop(stop: AbortController): void {
  let stoppedAt = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    // npm and the terminal may both hand on one Ctrl+C; a second one that a person meant comes later.
    if (stoppedAt && Date.now() - stoppedAt > 1000) process.exit(130);
    stoppedAt ||= Date.now();
    stop.abort(new Error(`Stopped by ${signal}.`));
  };
  // Whoever started us was killed and could not hand a signal on.
  const parent = process.ppid;
  setInterval(() => void (process.ppid !== parent && stoppedAt === 0 && onSignal('SIGHUP')), 1000).unref();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

type Write = (text: string) => Promise<void>;

async function dispatch(parameters: string[], signal: AbortSignal, write: Write, people: People): Promise<void> {
  const name = parameters[0];
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const text = generalHelp();
    if (name === undefined) throw new UsageError(text);
    await write(text);
    return;
  }
  const entry = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (!entry) throw new UsageError(`There is no verb "${name}". The verbs are: ${Object.keys(VERBS).join(', ')}.`);
  const verb = (await entry.load()).default;
  const options = { ...verb.options, ...COMMON };
  const { values, positionals } = read(verb, name, parameters.slice(1));
  if (values.help) {
    await write(verbHelp(verb, options));
    return;
  }
  if (positionals.length < verb.words.least || positionals.length > verb.words.most) {
    throw new UsageError(`Usage: keeplight ${verb.usage}`);
  }
  // An unset variable in a script must not come to mean the folder it runs in.
  if (positionals.includes('')) throw new UsageError('An empty name was given.');
  await verb.run(createCall(values, positionals, signal, write, people));
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function read(verb: Verb, name: string, parameters: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: parameters, options: { ...verb.options, ...COMMON }, allowPositionals: true });
  } catch (error) {
    const reason = messageOf(error).split('. To specify')[0]!;
    throw new UsageError(`${reason.replace(/\.?$/, '.')} See: keeplight ${name} --help`);
  }
}

function createCall(values: Values, words: string[], signal: AbortSignal, write: Write, people: People): VerbCall {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const jsonLines = values.jsonl === true;
  if (jsonLines && values.json === true) throw new UsageError('Choose one of --json and --jsonl.');
  const json = values.json === true || jsonLines;
  const given = text('data') ?? process.env.KEEPLIGHT_DATA;
  if (given === '') throw new UsageError('--data needs the name of a folder.');
  const dataDirectory = given === undefined ? defaultDataDirectory() : resolve(given);
  if (statSync(dataDirectory, { throwIfNoEntry: false })?.isFile()) {
    throw new UsageError(`The data folder ${dataDirectory} is a file.`);
  }
  const open = async (options: { readOnly?: boolean; background: boolean }) => {
    const { openCore } = await import('../../core/core.ts');
    return openCore({
      dataDirectory,
      shell: 'browser',
      log: ({ level, text: line }) => {
        if (level !== 'info') people.log(line);
      },
      ...options,
    });
  };
  return {
    words,
    text,
    texts(name) {
      const value = values[name];
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
    },
    number(name, range) {
      const value = text(name);
      if (value === undefined) return undefined;
      const number = value.trim() === '' ? Number.NaN : Number(value);
      const whole = range.whole !== false;
      if (!(number >= range.least && number <= range.most) || (whole && !Number.isInteger(number))) {
        const most = Number.isFinite(range.most) ? ` to ${range.most}` : ' or more';
        throw new UsageError(`--${name} takes a ${whole ? 'whole ' : ''}number, ${range.least}${most}.`);
      }
      return number;
    },
    choice<T extends string>(name: string, choices: readonly T[]) {
      const value = text(name);
      if (value === undefined) return undefined;
      const found = choices.find((choice) => choice === value);
      if (found === undefined) throw new UsageError(`--${name} is one of: ${choices.join(', ')}.`);
      return found;
    },
    flag: (name) => values[name] === true,
    json,
    dataDirectory,
    signal,
    async withCore(options, work) {
      const core = await open({ ...options, background: false });
      try {
        return await work(core);
      } finally {
        await core.close();
      }
    },
    async withReader(work) {
      const { openReader } = await import('../../core/reader.ts');
      const reader = openReader({ dataDirectory });
      try {
        return await work(reader);
      } finally {
        reader.close();
      }
    },
    openCore: () => open({ background: true }),
    async print(document, lines) {
      people.clear();
      const texts = json ? [JSON.stringify(document, null, 2)] : lines();
      await write(texts.map((text) => `${text}\n`).join(''));
    },
    async printEach(items, line) {
      people.clear();
      const { before, text, between, after, empty } = formatOf(values, line);
      let waiting = before;
      let first = true;
      for (const item of items) {
        waiting += `${first ? '' : between}${text(item)}`;
        first = false;
        if (waiting.length < CHUNK) continue;
        await write(waiting);
        waiting = '';
        signal.throwIfAborted();
      }
      await write(waiting + (first ? empty : after));
    },
    async write(piece) {
      if (!json) await write(piece);
    },
    say: people.say,
    progress: people.progress,
  };
}

/** How the items of a list stand one after the other. */
function formatOf<Item>(values: Values, line: (item: Item) => string) {
  const text = values.json === true || values.jsonl === true ? (item: Item) => JSON.stringify(item) : line;
  return values.json === true
    ? { before: '[', text: (item: Item) => `\n${text(item)}`, between: ',', after: '\n]\n', empty: ']\n' }
    : { before: '', text: (item: Item) => `${text(item)}\n`, between: '', after: '', empty: '' };
}

/** What people read while a verb works; a terminal has one line of it that is replaced. */
type People = Record<'say' | 'log' | 'progress', (text: string) => void> & { clear(): void };

function linesTo(messages: Writable): People {
  const terminal = messages instanceof WriteStream ? messages : null;
  let isShown = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (isShown) messages.write('\r\x1b[K');
    isShown = false;
  };
  return {
    clear,
    say(text) {
      clear();
      messages.write(`${text}\n`);
    },
    log: (text) => void messages.write(`${text}\n`),
    progress(text) {
      if (terminal !== null) {
        terminal.write(`\r\x1b[K${text.slice(0, Math.max(20, terminal.columns - 1))}`);
        isShown = true;
      } else if (performance.now() - toldAt >= PROGRESS_MILLISECONDS) {
        toldAt = performance.now();
        messages.write(`${text}\n`);
      }
    },
  };
}

/** Expected failures speak for themselves; anything else is a bug and shows where. */
function sentence(error: unknown): string {
  if (error instanceof CoreError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const defined = 'defined' in error && 'code' in error;
  if (defined || process.env.NODE_DEBUG === undefined) return error.message || error.name;
  return error.stack ?? error.message;
}

function generalHelp(): string {
  const width = Math.max(...Object.keys(VERBS).map((name) => name.length));
  const lines = Object.entries(VERBS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: keeplight <verb> [options]\n\n${lines.join('\n')}\n\nkeeplight <verb> --help tells more.\n`;
}

function verbHelp(verb: Verb, options: Record<string, VerbOption>): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const short = option.short ? `-${option.short}, ` : '';
    return [`${short}--${name}${option.value ? ` <${option.value}>` : ''}`, option.help] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  const list = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
  return `Usage: keeplight ${verb.usage}\n\n${verb.about}\n\n${list}\n`;
}

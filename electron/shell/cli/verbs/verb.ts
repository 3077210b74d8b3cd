/** What a verb of the command line is, and what it is given. */
import type { ParseArgsConfig } from 'node:util';
import { CoreError } from '../../../core/base/core-error.ts';
import type { Core } from '../../../core/core.ts';
import type { Reader } from '../../../core/reader.ts';

export interface Verb {
  /** After `keeplight `, as the help shows it. */
  usage: string;
  /** One paragraph. */
  about: string;
  /** Beside --data, --json and --help. `help` and `value` are for the help text. */
  options: Record<string, VerbOption>;
  /** How many words beside the options. */
  words: { least: number; most: number };
  run(call: VerbCall): Promise<void>;
}

export type VerbOption = NonNullable<ParseArgsConfig['options']>[string] & { help: string; value?: string };

export interface VerbCall {
  words: string[];
  /** Text of an option, undefined when absent. */
  text(name: string): string | undefined;
  /** All texts of an option that may be given more than once. */
  texts(name: string): string[];
  /** A number of an option. @throws CoreError INVALID when it is none or out of range. */
  number(name: string, range: { least: number; most: number; whole?: boolean }): number | undefined;
  /** One of the choices. @throws CoreError INVALID naming them. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
  flag(name: string): boolean;
  /** JSON is wanted: one document, or with --jsonl one a line. */
  json: boolean;
  dataDirectory: string;
  /** Aborts on Ctrl+C. */
  signal: AbortSignal;
  /** Opens the core for one piece of work and closes it before the result is returned: what is printed is durable. */
  withCore<T>(options: { readOnly?: boolean }, work: (core: Core) => Promise<T> | T): Promise<T>;
  /** Opens the library for reading alone, which is quick, and closes it when the work has ended. */
  withReader<T>(work: (reader: Reader) => Promise<T> | T): Promise<T>;
  /** Opens the core for as long as the program runs; whoever calls closes it. */
  openCore(): Promise<Core>;
  /** The verb's result: the document with --json, else the lines. */
  print(document: unknown, lines: () => string[]): Promise<void>;
  /**
   * A verb's result that is a list, written while it is read, as fast as it is taken: one document with --json, one a
   * line with --jsonl, else the lines.
   */
  printEach<Item>(items: Iterable<Item>, line: (item: Item) => string): Promise<void>;
  /** Writes a piece of running text to stdout; only without --json. */
  write(text: string): Promise<void>;
  /** A line for the person who waits, on stderr. */
  say(text: string): void;
  /** Replaces the last progress line on a terminal; elsewhere a line every few seconds. */
  progress(text: string): void;
}

/** Of verbs that print with `printEach`. */
export const LINES: Record<string, VerbOption> = {
  jsonl: { type: 'boolean', help: 'print a JSON document for each photo, each on a line of its own' },
};

/** For what a person typed wrong: ends with exit code 2. */
export class UsageError extends CoreError {
  constructor(message: string) {
    super('INVALID', message);
    this.name = 'UsageError';
  }
}

import { type Contradiction, checkedText } from '../../../../shared/claims.ts';
import type { Writing } from '../../../../shared/contract.ts';
import { chooseModel } from './choose-model.ts';
import type { Verb } from './verb.ts';

const explain: Verb = {
  usage:
    'explain <photo> [--question <text>] [--again] [--model <name or .gguf>] [--mmproj <.gguf>] [--data <dir>] [--json]',
  about:
    'Writes why a photo, named by id or path, is strong or weak and what to do, as it is thought out; or answers a ' +
    'question about it. Without a model the measured critic speaks. Texts are kept and shown again; --again writes anew.',
  options: {
    question: { type: 'string', value: 'text', help: 'ask this instead; needs a model' },
    again: { type: 'boolean', help: 'write a new explanation' },
    model: { type: 'string', value: 'model', help: 'registry name or path of a GGUF file; default: the chosen model' },
    mmproj: { type: 'string', value: 'file', help: 'path of its projector; default: the one beside it' },
  },
  words: { least: 1, most: 1 },
  async run(call) {
    const question = call.text('question');
    const document = await call.withCore({}, async (core) => {
      await chooseModel(core, call.text('model'), call.text('mmproj'), 'writer', call.signal);
      const photo = core.resolvePhoto(call.words[0] ?? '');
      const writing =
        question === undefined
          ? core.critics.explain(photo, { again: call.flag('again') }, call.signal)
          : core.critics.ask(photo, { question, retry: false }, call.signal);
      const text: string[] = [];
      const evidence: string[] = [];
      const contradicted: Contradiction[] = [];
      let sentences: number | null = null;
      let end: string | null = null;
      for await (const event of writing) {
        if (event.kind === 'status') call.progress(event.text);
        if (event.kind === 'evidence') evidence.push(event.text);
        if (event.kind === 'contradicted')
          contradicted.push({ sentence: event.sentence, text: event.text, reason: event.reason });
        if (event.kind === 'checked') sentences = event.sentences;
        if (event.kind === 'end') end = event.reason;
        const piece = pieceOf(event, text.length === 0);
        if (piece === '') continue;
        text.push(piece);
        if (!call.json) await call.write(piece);
      }
      // Null where nothing was held against the measures: an answer, or the measured critic's own words.
      const checked = sentences === null ? null : { sentences, contradicted };
      return {
        photo: core.show(photo),
        question: question ?? null,
        text: text.join('').trim(),
        evidence,
        end,
        checked,
      };
    });
    const { checked } = document;
    await call.print(document, () => [
      '',
      ...document.evidence.map((fact, index) => `${index + 1} ${fact}`),
      ...(checked === null
        ? []
        : [
            `${checkedText(checked.sentences, checked.contradicted.length)}.`,
            ...checked.contradicted.map(({ sentence, text }) => `  "${sentence}": ${text}`),
          ]),
    ]);
  },
};
export default explain;

function pieceOf(event: Writing, first: boolean): string {
  if (event.kind === 'token') return event.text;
  return event.kind === 'heading' ? `${first ? '' : '\n\n'}${event.text}\n` : '';
}

import {
  ASKED_FOR,
  ATTRIBUTE_NAMES,
  type Attribute,
  type FeedbackAgreement,
  type GivenView,
  type PersonView,
  viewSchema,
  viewText,
} from '../../../../shared/feedback.ts';
import { LEVELS } from '../../../../shared/grade.ts';
import { UsageError, type Verb, type VerbCall } from './verb.ts';

const names = ATTRIBUTE_NAMES.join(', ');

const feedback: Verb = {
  usage:
    'feedback <photo> [--grade <word>] [--line "…"] [--helps "light: soft; color"] [--hurts "…"] [--suggest "light: wait"] [--feeling "…"] [--by <name>] | feedback --round | feedback --agreement [--data <dir>] [--json]',
  about:
    'Keeps your own view of a photo as a step that can be undone; earlier views stay. One line is enough. Without ' +
    'anything said it prints the views that the photo has. --round names the ten photos that would teach most, ' +
    '--agreement says how far you agree with the critics, with your taste, and with yourself.',
  options: {
    grade: { type: 'string', value: 'word', help: `one of: ${LEVELS.join(', ')}` },
    line: { type: 'string', value: 'text', help: 'in your own words' },
    helps: { type: 'string', value: 'text', help: `what helps: ${names}, each with words after ":"; ";" between` },
    hurts: { type: 'string', value: 'text', help: 'what hurts, in the same form' },
    suggest: { type: 'string', value: 'text', help: 'what would be better, in the same form' },
    feeling: { type: 'string', value: 'text', help: 'how it feels' },
    by: { type: 'string', value: 'name', help: 'who says so (default: the name in the settings)' },
    round: { type: 'boolean', help: 'the photos that would teach most' },
    agreement: { type: 'boolean', help: 'how far you agree with the critics and with yourself' },
  },
  words: { least: 0, most: 1 },
  async run(call) {
    const [photo] = call.words;
    if (call.flag('agreement')) {
      const agreement = await call.withCore({}, (core) => core.feedback.agreement());
      await call.print(agreement, () => agreementLines(agreement));
      return;
    }
    if (call.flag('round')) {
      const round = await call.withCore({}, async (core) => {
        const found = await core.feedback.round(false, call.signal);
        if (!found) return null;
        const paths = core.paths(found.photos.map(({ photo: id }) => id));
        return { ...found, photos: found.photos.map((one) => ({ ...one, path: paths.get(one.photo) ?? null })) };
      });
      await call.print(round, () =>
        (round?.photos ?? []).map(({ path, why, done }) => `${done ? '✓' : ' '} ${path}  (${ASKED_FOR[why]})`),
      );
      return;
    }
    if (photo === undefined) throw new UsageError('Name a photo, or ask for --round or --agreement.');
    const view = viewOf(call);
    const views = await call.withCore({}, (core) => {
      const id = core.resolvePhoto(photo);
      if (view) core.feedback.give(id, view, { person: call.text('by') });
      return core.feedback.of(id);
    });
    await call.print(views, () => views.map(lineOf));
  },
};
export default feedback;

/** Null where nothing is said. */
function viewOf(call: VerbCall): PersonView | null {
  const attributes: Record<string, { side: 'helps' | 'hurts'; text: string; suggestion?: string }> = {};
  for (const side of ['helps', 'hurts'] as const)
    for (const [name, text] of parts(call.text(side))) {
      if (attributes[name]) throw new UsageError(`"${name}" cannot both help and hurt: say what weighs more.`);
      attributes[name] = { side, text };
    }
  for (const [name, suggestion] of parts(call.text('suggest')))
    attributes[name] = { ...(attributes[name] ?? { side: 'hurts', text: '' }), suggestion };
  const said = {
    grade: call.choice('grade', LEVELS),
    line: call.text('line'),
    feeling: call.text('feeling'),
    attributes,
  };
  if (
    said.grade === undefined &&
    said.line === undefined &&
    said.feeling === undefined &&
    Object.keys(attributes).length === 0
  )
    return null;
  const parsed = viewSchema.safeParse(said);
  if (!parsed.success) throw new UsageError(parsed.error.issues[0]?.message ?? 'This cannot be kept.');
  return parsed.data;
}

function parts(text: string | undefined): [Attribute, string][] {
  return (text ?? '')
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [name = '', ...rest] = part.split(':');
      const attribute = ATTRIBUTE_NAMES.find((known) => known === name.trim().toLowerCase());
      if (!attribute) throw new UsageError(`"${name.trim()}" is not one of: ${names}.`);
      return [attribute, rest.join(':').trim()];
    });
}

function lineOf(view: GivenView): string {
  const day = new Date(view.givenAt).toISOString().slice(0, 10);
  return `${day} ${view.person || 'you'}: ${view.grade ?? '–'}. ${viewText(view)}${view.isOfThisContent ? '' : ' (of an earlier state of the file)'}`;
}

function agreementLines({ photos, with: others, oneself }: FeedbackAgreement): string[] {
  const percent = (share: number | null) => (share === null ? '–' : `${Math.round(100 * share)} %`);
  return [
    `You graded ${photos} ${photos === 1 ? 'photo' : 'photos'} in words.`,
    ...others.map(
      ({ title, photos: count, same, near, srcc }) =>
        `${title}: the same grade in ${percent(same)}, at most one beside in ${percent(near)} of ${count}${srcc === null ? '' : `; rank correlation ${srcc.value.toFixed(2)} (${srcc.low.toFixed(2)} … ${srcc.high.toFixed(2)})`}`,
    ),
    `Yourself, seen again: the same grade in ${percent(oneself.same)}, at most one beside in ${percent(oneself.near)} of ${oneself.photos}`,
  ];
}

/** Texts about a photo, written while a person reads: the explanation and the conversation. */
import type { ModelEvent, ModelImage, ModelSession } from '../../../models/model-api.ts';
import type { Writing } from '../../../shared/contract.ts';
import type { CriticId } from '../../../shared/critique.ts';
import { CoreError } from '../base/core-error.ts';
import { addMessage, forgetMessages, messagesOf } from '../catalog/conversations.ts';
import { critiqueBy, saveCritique } from '../catalog/critiques.ts';
import type { ActiveModel } from '../engines/chosen-model.ts';
import type { LanguageModels } from '../engines/language-models.ts';
import { createCiter } from './citations.ts';
import { evidenceOf } from './facts-in-words.ts';
import { countStrike, ensureCritique, type GradingContext, identify, imageOf, measuredCritique } from './grading.ts';
import { measuredWriting } from './measured-words.ts';

export interface WritingContext extends GradingContext {
  engine: LanguageModels;
  /** The grader, or null for the measured critic. */
  active: () => ActiveModel | null;
  /** The model that writes; null where none is chosen that can. */
  writer: () => ActiveModel | null;
}

interface Stage {
  session: ModelSession;
  identity: CriticId;
  image: ModelImage;
  content: string;
}

/**
 * Why the photo is strong or weak and what to do: written once and kept with model, prompt version and time; read from
 * the catalog the next time. A text that was stopped is not kept.
 */
export async function* explain(
  room: WritingContext,
  photo: number,
  again: boolean,
  signal?: AbortSignal,
): AsyncGenerator<Writing> {
  const active = room.active();
  const writer = room.writer();
  if (!writer) {
    const measured = measuredCritique(room.catalog, photo);
    if (!measured) throw new CoreError('UNAVAILABLE', 'This photo has not been looked at yet.');
    if (active) {
      yield { kind: 'critique', critique: await judgementBy(room, active, photo, signal) };
      yield {
        kind: 'status',
        text: `${active.known.title} gives numbers and writes nothing: choose a writer under Models.`,
      };
    }
    yield* measuredWriting(measured);
    return;
  }
  const facts = evidenceOf(measuredCritique(room.catalog, photo));
  const evidence = facts.map(
    ({ name, text }, index): Writing => ({ kind: 'evidence', number: index + 1, text, reason: name }),
  );
  const kept = active
    ? active.identity && critiqueBy(room.catalog, photo, active.identity)
    : measuredCritique(room.catalog, photo);
  if (kept?.text && !again) {
    yield { kind: 'critique', critique: kept };
    yield* evidence;
    yield* readAloud(kept.text);
    return;
  }
  // The grader's verdict, which the writer goes on from; where one model is both, its photo is looked at once.
  const isBoth = active?.known.name === writer.known.name;
  const given = isBoth ? null : active ? await judgementBy(room, active, photo, signal) : kept;
  if (!isBoth && !given) throw new CoreError('UNAVAILABLE', 'This photo has not been looked at yet.');
  yield* onStage(room, writer, photo, signal, async function* ({ session, identity, image, content }) {
    const critique =
      given ?? (session.info.grades ? await ensureCritique(room, session, identity, photo, signal) : null);
    if (critique) yield { kind: 'critique', critique };
    else for (const text of session.info.notes) yield { kind: 'status', text };
    yield* evidence;
    const text: string[] = [];
    const citer = createCiter(facts);
    const request = { evidence: facts.map((fact) => fact.text), ...(critique ? { level: critique.level } : {}) };
    for await (const raw of session.explain(image, request, signal)) {
      const event = raw.kind === 'token' ? { ...raw, text: citer.piece(raw.text) } : raw;
      const last = raw.kind === 'section' || raw.kind === 'end' ? citer.end() : '';
      if (last !== '') {
        text.push(last);
        yield { kind: 'token', text: last };
      }
      if (event.kind === 'section') text.push(`${text.length > 0 ? '\n\n' : ''}${HEADING}${event.title}\n\n`);
      if (event.kind === 'token') text.push(event.text);
      // Words without a grade are not kept: a critique is both.
      if (critique && event.kind === 'end' && event.reason !== 'stopped') {
        room.catalog.transaction(() => {
          saveCritique(room.catalog, photo, content, {
            ...critique,
            text: text.join('').trim(),
            writer: isBoth ? null : writer.known.name,
            createdAt: room.now(),
          });
          room.judged([photo]);
        })();
      }
      yield* writingOf(event);
    }
  });
}

/** A free question about the photo; the answer, also one that was stopped, becomes part of the conversation. */
export async function* ask(
  room: WritingContext,
  photo: number,
  question: string,
  retry: boolean,
  signal?: AbortSignal,
): AsyncGenerator<Writing> {
  const { catalog } = room;
  const active = room.writer();
  if (!active) {
    const grader = room.active();
    throw new CoreError(
      'UNAVAILABLE',
      grader
        ? `Free questions need a writer, and ${grader.known.title} writes nothing: choose one under Models.`
        : 'Free questions need a model: choose one under Models. The measures stay as they are.',
    );
  }
  const history = messagesOf(catalog, photo);
  if (retry && history.at(-1)?.role === 'critic') forgetMessages(catalog, photo, history.pop()?.id ?? null);
  if (retry && history.at(-1)?.role === 'person') history.pop();
  else addMessage(catalog, photo, { role: 'person', text: question, critic: null, createdAt: room.now() });

  const answer: string[] = [];
  try {
    yield* onStage(room, active, photo, signal, async function* ({ session, image }) {
      const evidence = evidenceOf(measuredCritique(catalog, photo)).map(({ text }) => text);
      for await (const event of session.chat(image, { question, history, evidence }, signal)) {
        if (event.kind === 'token') answer.push(event.text);
        yield* writingOf(event);
      }
    });
  } finally {
    const text = answer.join('').trim();
    if (text !== '') {
      addMessage(catalog, photo, { role: 'critic', text, critic: active.known.name, createdAt: room.now() });
    }
  }
}

/** The grader's judgement of the photo, made now when there is none. */
async function judgementBy(room: WritingContext, grader: ActiveModel, photo: number, signal?: AbortSignal) {
  const kept = grader.identity ? critiqueBy(room.catalog, photo, grader.identity) : null;
  if (kept) return kept;
  return room.engine.use(
    grader.openable,
    (session) => ensureCritique(room, session, identify(room, grader.known, session), photo, signal),
    signal,
  );
}

/** Opens the model, says what it waits for, lets go of the model at the end whatever happens. */
async function* onStage(
  room: WritingContext,
  active: ActiveModel,
  photo: number,
  signal: AbortSignal | undefined,
  play: (stage: Stage) => AsyncGenerator<Writing>,
): AsyncGenerator<Writing> {
  const { image, content } = imageOf(room, photo);
  if (room.engine.state().state !== 'ready') yield { kind: 'status', text: `Loading ${active.known.title}…` };
  const { session, release } = await room.engine.borrow(active.openable, signal);
  const identity = identify(room, active.known, session);
  try {
    yield { kind: 'status', text: 'Looking at the photo…' };
    yield* play({ session, identity, image, content });
  } catch (error) {
    countStrike(room, photo, identity, error);
    throw error;
  } finally {
    release();
  }
}

function* writingOf(event: ModelEvent): Generator<Writing> {
  switch (event.kind) {
    case 'looking':
      yield { kind: 'status', text: 'Looking at the photo…' };
      return;
    case 'section':
      yield { kind: 'heading', text: event.title };
      return;
    case 'token':
      yield { kind: 'token', text: event.text };
      return;
    case 'note':
      yield { kind: 'status', text: event.text };
      return;
    case 'end':
      yield { kind: 'end', reason: event.reason };
  }
}

/** Headings inside a kept text. */
const HEADING = '## ';

function* readAloud(text: string): Generator<Writing> {
  for (const part of text.split(/\n\n+/)) {
    if (part.startsWith(HEADING)) yield { kind: 'heading', text: part.slice(HEADING.length) };
    else yield { kind: 'token', text: `${part}\n\n` };
  }
  yield { kind: 'end', reason: 'complete' };
}

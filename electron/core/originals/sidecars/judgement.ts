/** Our grade and critique in a sidecar, in a namespace of our own that no other program reads or needs. Pure. */
import type { Critique } from '../../../../shared/critique.ts';
import { Namespace, type XmpStructure, xmpText, xmpTexts } from '../../formats/xmp.ts';
import type { PropertyName, XmpEditor } from './edit.ts';

export type SaidJudgement = Pick<
  Critique,
  'critic' | 'modelHash' | 'promptVersion' | 'value' | 'level' | 'confidence'
> & {
  /** `content 62.1`, one a dimension. */
  dimensions: readonly string[];
  /** Sentences, heaviest first. */
  reasons: readonly string[];
  text: string | null;
};

export function saidJudgement(critique: Critique): SaidJudgement {
  return {
    critic: critique.critic,
    modelHash: critique.modelHash,
    promptVersion: critique.promptVersion,
    value: critique.value,
    level: critique.level,
    confidence: critique.confidence,
    dimensions: Object.entries(critique.dimensions).map(([name, score]) => `${name} ${score.value.toFixed(1)}`),
    reasons: critique.reasons.map(({ text }) => text),
    text: critique.text,
  };
}

const property = (name: string): PropertyName => ({ namespace: Namespace.keeplight, prefix: 'keeplight', name });

/** @returns whether anything had to be written. */
export function writeJudgement(editor: XmpEditor, said: XmpStructure, judgement: SaidJudgement): boolean {
  const texts: [name: string, value: string][] = [
    ['Grade', judgement.value.toFixed(1)],
    ['Level', judgement.level],
    ['Confidence', judgement.confidence.toFixed(2)],
    ['Critic', judgement.critic],
    ['ModelHash', judgement.modelHash],
    ['PromptVersion', judgement.promptVersion],
  ];
  const critique = judgement.text?.trim() ?? '';
  if (critique !== '') texts.push(['Critique', critique]);
  const lists: [name: string, items: readonly string[]][] = [
    ['Dimensions', judgement.dimensions],
    ['Reasons', judgement.reasons],
  ];
  const isSaid =
    texts.every(([name, value]) => (xmpText(said, Namespace.keeplight + name) ?? '') === value.trim()) &&
    lists.every(([name, items]) => xmpTexts(said, Namespace.keeplight + name).join('\n') === items.join('\n')) &&
    (critique !== '' || !said.has(`${Namespace.keeplight}Critique`));
  if (isSaid) return false;
  editor.removeAll(Namespace.keeplight);
  for (const [name, value] of texts) editor.addText(property(name), value);
  for (const [name, items] of lists) if (items.length > 0) editor.addList(property(name), 'Seq', items);
  return true;
}

/** Names of tensors: LLaVA's own and Hugging Face's, old and new, become one set that the mapping understands. */
import { ConversionError } from './failure.ts';
import { shown } from './safetensors.ts';
import type { SourceTensor, TensorSource } from './tensor-source.ts';

/** Buffers that follow from the config, and CLIP's text half. */
const NOT_NEEDED =
  /rotary_emb\.inv_freq$|position_ids$|(^|\.)(text_model|text_projection|visual_projection|logit_scale)(\.|$)/;

/** A checkpoint's tensors under one set of names. @throws ConversionError for tensors that LLaVA-1.5 does not have. */
export function sortTensors(source: TensorSource) {
  const text = new Map<string, SourceTensor>();
  const vision = new Map<string, SourceTensor>();
  const projector = new Map<string, SourceTensor>();
  const unknown: string[] = [];
  const put = (map: Map<string, SourceTensor>, key: string, tensor: SourceTensor) => {
    if (map.has(key)) throw new ConversionError(`The checkpoint has ${shown(key)} twice (${shown(tensor.name)}).`);
    map.set(key, tensor);
  };
  for (const [name, tensor] of source.tensors) {
    if (NOT_NEEDED.test(name)) continue;
    const tower = visionName(name, /^(?:model\.)?(?:vision_tower\.)+/);
    if (tower) {
      put(vision, tower, tensor);
      continue;
    }
    const bridge = /^(?:model\.)?(?:mm_projector|multi_modal_projector)\.(.+)$/.exec(name)?.[1];
    if (bridge) {
      const plain = bridge.replace(/^linear_1\./, '0.').replace(/^linear_2\./, '2.');
      put(projector, /^(weight|bias)$/.test(plain) ? `0.${plain}` : plain, tensor);
      continue;
    }
    const words = /^(?:model\.)?(?:language_model\.)?(?:model\.)?((?:embed_tokens|layers|norm|lm_head)\..+)$/.exec(
      name,
    )?.[1];
    if (words) put(text, words, tensor);
    else unknown.push(name);
  }
  if (unknown.length > 0)
    throw new ConversionError(
      `The checkpoint has ${unknown.length} tensors that LLaVA-1.5 does not have, such as ${unknown.slice(0, 3).map(shown).join(', ')}.`,
    );
  return { text, vision, projector };
}

/** The tensors of a CLIP folder, which may hold the text half too. */
export function sortVision(source: TensorSource): Map<string, SourceTensor> {
  const vision = new Map<string, SourceTensor>();
  for (const [name, tensor] of source.tensors) {
    const key = NOT_NEEDED.test(name) ? null : visionName(name, /^(?:(?:model\.)?(?:vision_tower\.)+)?/);
    if (key) vision.set(key, tensor);
  }
  return vision;
}

function visionName(name: string, prefix: RegExp): string | null {
  if (!prefix.test(name)) return null;
  const key = name.replace(prefix, '').replace(/^vision_model\./, '');
  return /^(embeddings|pre_layrnorm|encoder|post_layernorm)\./.test(key) ? key : null;
}

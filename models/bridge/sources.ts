/** Unpacks the part of llama.cpp that the bridge compiles, and mends the defects of its LLaVA vision tower. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readBundle } from './bundle.ts';

const WANTED =
  /^(tools\/mtmd\/|include\/|ggml\/include\/|src\/[^/]+\.h$|common\/|vendor\/(hash|stb|miniaudio|nlohmann|sheredom)\/)/;

interface Mend {
  file: string;
  /** Must occur exactly once: a changed source stops the build. */
  before: string;
  after: string;
}

/** Sources: llama.cpp issues #25814 and #25817; Hugging Face's modeling_qwen3_vl.py for the merger. */
export const MENDS: readonly Mend[] = [
  {
    // The class embedding stands first: positions and patch rows assume it, and so was CLIP trained.
    file: 'tools/mtmd/models/llava.cpp',
    before: 'inp = ggml_concat(ctx0, inp, model.class_embedding, 1);',
    after: 'inp = ggml_concat(ctx0, model.class_embedding, inp, 1);',
  },
  {
    // LLaVA reads hidden_states[-2]. Converters drop CLIP's last block, and the graph subtracted one again: a file
    // without `feature_layer` runs all its blocks, unless it is plainly a whole tower (its final norm is there, or it
    // has the 24 blocks of ViT-L/14).
    file: 'tools/mtmd/models/llava.cpp',
    before: 'int il_last = hparams.n_layer - 1;',
    after: `const bool clip_vit = model.class_embedding != nullptr && hparams.has_llava_projector;
        const bool whole_tower = model.post_ln_w != nullptr || (hparams.n_layer == 24 && hparams.n_embd == 1024);
        int il_last = clip_vit && !whole_tower ? hparams.n_layer : hparams.n_layer - 1;`,
  },
  {
    // The final norm belongs to CLIP's last hidden state, which LLaVA does not read.
    file: 'tools/mtmd/models/llava.cpp',
    before: 'if (model.post_ln_w) {',
    after: 'if (model.post_ln_w && !(model.class_embedding != nullptr && hparams.has_llava_projector)) {',
  },
  {
    // Old files have the two feed-forward matrices under each other's names, which is guessed from their shapes. Where
    // they are square the guess was wrong for every file of today.
    file: 'tools/mtmd/clip.cpp',
    before: ') && layer.ff_up_w && layer.ff_down_w && layer.ff_down_w->ne[0] == hparams.n_embd;',
    after:
      ') && layer.ff_up_w && layer.ff_down_w && layer.ff_down_w->ne[0] == hparams.n_embd && layer.ff_down_w->ne[1] != hparams.n_embd;',
  },
  {
    // The merger's activation is the exact GELU (torch's nn.GELU()); only the blocks of the tower have tanh's.
    file: 'tools/mtmd/models/qwen3vl.cpp',
    before: `        model.mm_1_w, model.mm_1_b,
        ffn_op_type::FFN_GELU, -1);`,
    after: `        model.mm_1_w, model.mm_1_b,
        ffn_op_type::FFN_GELU_ERF, -1);`,
  },
  {
    file: 'tools/mtmd/models/qwen3vl.cpp',
    before: 'ffn_op_type::FFN_GELU, il);',
    after: 'ffn_op_type::FFN_GELU_ERF, il);',
  },
];

/**
 * Writes the mended sources into `directory`.
 * @returns the llama.cpp commit they come from.
 * @throws Error with a sentence when a source is not the one that the mends were written for.
 */
export async function unpackSources(bundle: string, directory: string): Promise<string> {
  const { commit, files } = await readBundle(bundle, (path) => WANTED.test(path));
  for (const { file, before, after } of MENDS) {
    const text = files.get(file)?.toString('utf8') ?? '';
    if (text.split(before).length !== 2)
      throw new Error(
        `llama.cpp's ${file} has changed, so the mend of its vision tower no longer fits; the bridge was not built.`,
      );
    files.set(file, Buffer.from(text.replace(before, () => after)));
  }
  const directories = new Set([...files.keys()].map((path) => dirname(join(directory, path))));
  for (const path of directories) await mkdir(path, { recursive: true });
  for (const [path, content] of files) await writeFile(join(directory, path), content);
  return commit;
}

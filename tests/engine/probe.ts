/**
 * Runs the bridge by itself, in a process of its own: looks at pictures and gives back every projected token.
 * Started by probeTokens in probing.ts.
 */
import { eyesFor, startEngine } from '../../models/bridge/eyes.ts';

process.once(
  'message',
  async ({
    model,
    mmproj,
    pictures,
  }: {
    model: string;
    mmproj: string;
    pictures: { size: number; data: Uint8Array }[];
  }) => {
    const engine = await startEngine('off', 1);
    const loaded = await engine.llama.loadModel({ modelPath: model, gpuLayers: 0 });
    const eyes = eyesFor(engine, loaded);
    await eyes.open({
      mmproj,
      useGpu: false,
      threads: 1,
      contextSize: 512,
      batchSize: 512,
      sequences: 2,
      imageTokens: 0,
      exact: false,
    });
    const seen = [];
    for (const { size, data } of pictures) seen.push(await eyes.look(data, size, size, true));
    process.send?.(seen, () => process.exit(0));
  },
);

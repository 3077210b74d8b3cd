/** The demo shoot: rendered landscapes and still lifes with bursts, EXIF and labelled faults. */

export interface DemoFrame {
  /** File name inside the demo folder. */
  readonly file: string;
  readonly scene: string;
  /** Frames of one burst share this name; null for a single frame. */
  readonly burst: string | null;
  /** The best frame of its burst. */
  readonly best: boolean;
  /** The intact frame that a faulty one was made from; null for an intact frame. */
  readonly twinOf: string | null;
  readonly fault: { readonly name: string; readonly strength: number } | null;
}

export interface DemoShoot {
  readonly directory: string;
  readonly frames: readonly DemoFrame[];
}

export interface RenderOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { done: number; total: number }) => void;
}

/** Renders the shoot into `directory` (made if missing) with `labels.json` beside the pictures. */
export async function renderDemoShoot(directory: string, options: RenderOptions = {}): Promise<DemoShoot> {
  options.signal?.throwIfAborted();
  throw new Error(`Rendering into ${directory} is not written yet.`);
}

/**
 * The one room that writes beside photos: copies of them elsewhere, the trash, and what comes from cards. Originals
 * themselves are moved, never changed.
 */
import type { JobRunner } from '../base/jobs.ts';
import type { Catalog } from '../catalog/open.ts';
import type { DiskReader } from '../files/disk-reader.ts';
import { openExiftool } from '../formats/exiftool.ts';
import type { History } from '../history/history.ts';
import { DatasetExporter, type WordAnew } from './dataset/dataset.ts';
import { Embedder } from './embed/embedder.ts';
import { Exporter } from './export/export.ts';
import type { Decode, Pixels } from './export/render.ts';
import { CardReader } from './import/card-reader.ts';
import { Importer } from './import/importer.ts';
import type { ComposeOptions } from './sidecars/compose.ts';
import { Mover } from './trash/mover.ts';
import { TrashCan } from './trash/trash-can.ts';

export type OriginalsOptions = {
  catalog: Catalog;
  jobs: JobRunner;
  dataDirectory: string;
  /** Asks cards what is on them. */
  disk: DiskReader;
  decode: Decode;
  /** The same for a picture that a person waits for. */
  show: (path: string, longEdge: number, signal: AbortSignal | undefined) => Promise<Pixels>;
  /** Photos have come to a folder. */
  imported: (folder: string) => void;
  /** How marks are said in XMP. */
  xmp: () => ComposeOptions;
  /** Words answers anew with the chosen writer, for data sets. */
  wordAnew: WordAnew;
  /** Asked for when something was moved: history and mover know each other. */
  history: () => History;
};

export type Originals = {
  exporter: Exporter;
  trashCan: TrashCan;
  importer: Importer;
  cards: CardReader;
  embedder: Embedder;
  mover: Mover;
  dataset: DatasetExporter;
  /** Settles what a kill left, for those who do not go on with jobs. */
  heal(): Promise<void>;
};

export function openOriginals(options: OriginalsOptions): Originals {
  const { catalog, dataDirectory, disk, jobs, decode, show, imported, xmp, history } = options;
  const mover = new Mover({ catalog, jobs, moved: (batch) => history().movedFiles(batch.id, 'away') });
  const exporter = new Exporter({ catalog, jobs, decode, mover });
  const importer = new Importer({ catalog, disk, jobs, exiftool: () => openExiftool(), imported });
  const embedder = new Embedder({
    catalog,
    jobs,
    options: xmp,
    stepped: () => history().stepped(),
    changed: imported,
  });
  return {
    embedder,
    mover,
    importer,
    cards: new CardReader({ catalog, disk, exiftool: () => openExiftool(), show }),
    exporter,
    dataset: new DatasetExporter({ catalog, dataDirectory, decode, jobs, wordAnew: options.wordAnew }),
    async heal() {
      await mover.heal();
      await exporter.heal();
      await importer.heal();
    },
    trashCan: new TrashCan({ catalog, mover, broughtBack: (batch) => history().movedFiles(batch, 'here') }),
  };
}

/** RAW, JPEG and sidecars of one name are one photo; nothing is lost or doubled. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PairableFile, pairFiles } from '../../electron/core/files/companions.ts';

const file = (relativePath: string): PairableFile => ({
  relativePath,
  role: /\.(xmp|aae)$/i.test(relativePath) ? 'sidecar' : 'picture',
});
const paired = (...paths: string[]) => {
  const { photos, orphans } = pairFiles(paths.map(file));
  return {
    photos: photos.map(({ primary, pictures, sidecars }) => [
      primary.relativePath,
      pictures.map(({ relativePath }) => relativePath).join(' '),
      sidecars.map(({ relativePath }) => relativePath).join(' '),
    ]),
    orphans: orphans.map(({ relativePath }) => relativePath),
  };
};

describe('pairing', () => {
  it('makes one photo of RAW, JPEG and sidecars, whatever the case', () => {
    expect(paired('IMG_1.CR2', 'img_1.jpg', 'IMG_1.xmp', 'IMG_1.CR2.xmp', 'IMG_1.JPG.XMP')).toEqual({
      photos: [['IMG_1.CR2', 'img_1.jpg IMG_1.CR2', 'IMG_1.CR2.xmp IMG_1.JPG.XMP IMG_1.xmp']],
      orphans: [],
    });
  });

  it('keeps apart what is not one photo', () => {
    const { photos, orphans } = paired(
      'a/IMG_1.JPG',
      'b/IMG_1.CR2',
      'IMG_E1.JPG',
      'IMG_1.JPG',
      'IMG_1.PNG',
      'IMG_1 (1).JPG',
      'x.xmp',
    );
    expect(photos).toHaveLength(6);
    expect(photos.every(([, pictures]) => !pictures!.includes('IMG_1.CR2 '))).toBe(true);
    expect(orphans).toEqual(['x.xmp']);
  });

  it('takes a .nef that holds a JPEG for the JPEG that it is', () => {
    const files = ['DSC_1.NEF', 'DSC_1.JPG'].map(file);
    expect(pairFiles(files).photos).toHaveLength(1);
    expect(pairFiles(files, () => false).photos).toHaveLength(2);
  });

  it('asks a sidecar which of two photos of its name it means, and nothing where there is one', () => {
    const of = (paths: string[], says: string | null) => {
      const asked: string[] = [];
      const { photos } = pairFiles(paths.map(file), undefined, ({ relativePath }) => {
        asked.push(relativePath);
        return says;
      });
      return { owner: photos.find(({ sidecars }) => sidecars.length > 0)?.primary.relativePath, asked };
    };
    const two = ['A.JPG', 'A.PNG', 'A.xmp'];
    expect(of(two, 'png')).toEqual({ owner: 'A.PNG', asked: ['A.xmp'] });
    expect(of(two, 'jpg')).toEqual({ owner: 'A.JPG', asked: ['A.xmp'] });
    expect(of(two, null).owner).toBe('A.JPG');
    expect(of(['A.DNG', 'A.GIF', 'A.xmp'], null).owner).toBe('A.DNG');
    expect(of(['A.GIF', 'A.NEF', 'A.xmp'], null).owner).toBe('A.NEF');
    expect(of(['A.CR2', 'A.JPG', 'A.xmp'], 'jpg')).toEqual({ owner: 'A.CR2', asked: [] });
  });

  it('keeps composed and decomposed names apart, as they are on disk', () => {
    expect(paired('\u00e9.cr2', 'e\u0301.jpg').photos).toHaveLength(2);
  });

  it('lets every file come out once, whatever the order', () => {
    const name = fc.tuple(
      fc.constantFrom('', 'a/', 'A/', 'a/b/'),
      fc.constantFrom('IMG_1', 'img_1', 'IMG_2', 'IMG_1.CR2', '.x', '\u00e9', 'e\u0301'),
      fc.constantFrom('', '.CR2', '.cr2', '.NEF', '.JPG', '.jpg', '.HEIC', '.tif', '.xmp', '.XMP', '.AAE', '.jpg.xmp'),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(
          name.map((parts) => parts.join('')).filter((path) => !path.endsWith('/')),
          { maxLength: 30 },
        ),
        fc.integer(),
        (paths, seed) => {
          const files = paths.map(file);
          const { photos, orphans } = pairFiles(files);
          const all = [...photos.flatMap(({ pictures, sidecars }) => [...pictures, ...sidecars]), ...orphans];
          expect(new Set(all).size).toBe(all.length);
          expect(new Set(all)).toEqual(new Set(files));
          for (const { primary, pictures, isPair } of photos) {
            expect(pictures).toContain(primary);
            expect(pictures).toHaveLength(isPair ? 2 : 1);
          }
          const shuffled = [...files].sort((a, b) => hash(a.relativePath, seed) - hash(b.relativePath, seed));
          expect(pairFiles(shuffled)).toEqual({ photos, orphans });
        },
      ),
      { numRuns: 300 },
    );
  });
});

function hash(text: string, seed: number): number {
  return [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, seed);
}

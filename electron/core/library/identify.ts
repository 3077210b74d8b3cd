/** Content → kind of file. */

export type RawFamily =
  | 'canon'
  | 'nikon'
  | 'sony'
  | 'fujifilm'
  | 'olympus'
  | 'panasonic'
  | 'pentax'
  | 'samsung'
  | 'minolta'
  | 'sigma'
  | 'hasselblad'
  | 'leica'
  | 'phaseone'
  | 'kodak'
  | 'epson'
  | 'adobe'
  | 'other';

export type FileKind = 'jpeg' | 'mpo' | 'png' | 'tiff' | 'webp' | 'gif' | 'bmp' | 'avif' | 'heic' | `raw:${RawFamily}`;

export function isRaw(kind: FileKind): kind is `raw:${RawFamily}` {
  return kind.startsWith('raw:');
}

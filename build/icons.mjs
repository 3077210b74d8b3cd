/** The icons of the three systems from one drawing, build/icon.svg: `node build/icons.mjs` writes dist/icons. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { ROOT } from './setup.mjs';

const DIRECTORY = join(ROOT, 'dist', 'icons');
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Sizes in an .ico; each a PNG. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256];
/** Types of an .icns and the pixels of their PNG; two types are the doubled form of a smaller icon. */
/** @type {readonly [type: string, pixels: number][]} */
const ICNS_TYPES = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

/**
 * An .ico holds a directory of 16 bytes an image, then the images.
 * @param {Map<number, Buffer>} pictures
 */
function packIco(pictures) {
  const header = Buffer.alloc(6 + 16 * ICO_SIZES.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(ICO_SIZES.length, 4);
  let offset = header.length;
  for (const [index, size] of ICO_SIZES.entries()) {
    const bytes = /** @type {Buffer} */ (pictures.get(size));
    const entry = 6 + 16 * index;
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(bytes.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += bytes.length;
  }
  return Buffer.concat([header, ...ICO_SIZES.map((size) => /** @type {Buffer} */ (pictures.get(size)))]);
}

/**
 * An .icns holds chunks of type, length and bytes.
 * @param {Map<number, Buffer>} pictures
 */
function packIcns(pictures) {
  const chunks = ICNS_TYPES.map(([type, pixels]) => {
    const bytes = /** @type {Buffer} */ (pictures.get(pixels));
    const head = Buffer.alloc(8);
    head.write(type, 'ascii');
    head.writeUInt32BE(bytes.length + 8, 4);
    return Buffer.concat([head, bytes]);
  });
  const body = Buffer.concat(chunks);
  const head = Buffer.alloc(8);
  head.write('icns', 'ascii');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

/** @param {string} [directory] */
export async function drawIcons(directory = DIRECTORY) {
  const drawing = readFileSync(join(ROOT, 'build', 'icon.svg'));
  /** @type {Map<number, Buffer>} */
  const pictures = new Map();
  for (const size of SIZES) {
    // Rendered at its own size each time: an outline stays sharp.
    const picture = sharp(drawing, { density: (72 * size) / 512 }).resize(size, size);
    pictures.set(size, await picture.png({ compressionLevel: 9 }).toBuffer());
  }
  mkdirSync(join(directory, 'png'), { recursive: true });
  for (const [size, bytes] of pictures) writeFileSync(join(directory, 'png', `${size}x${size}.png`), bytes);
  writeFileSync(join(directory, 'icon.ico'), packIco(pictures));
  writeFileSync(join(directory, 'icon.icns'), packIcns(pictures));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await drawIcons();

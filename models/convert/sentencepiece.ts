/**
 * Reads `tokenizer.model`, SentencePiece's protocol buffer.
 * Source: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
 */
import { ConversionError } from './failure.ts';

/** Types of pieces; GGUF counts them the same way. */
export const PIECE_TYPES = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface Piece {
  text: string;
  score: number;
  type: number;
}

export interface SentencePieceModel {
  pieces: Piece[];
  /** Ids as the trainer set them, −1 for none; null where the file does not say. */
  unknownId: number | null;
  beginId: number | null;
  endId: number | null;
  padId: number | null;
  /** 1 unigram, 2 BPE, 3 word, 4 character; null where the file does not say. */
  modelType: number | null;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  /** True where text is changed (NFKC and the like) before it is cut. */
  normalizes: boolean;
}

/** Four times the largest vocabulary in use. */
const MOST_PIECES = 1 << 20;

type Field = { number: number; wire: number; value: bigint; bytes: Uint8Array };

/** @throws ConversionError where the bytes are no SentencePiece model. */
export function readSentencePiece(bytes: Uint8Array, name = 'tokenizer.model'): SentencePieceModel {
  const model: SentencePieceModel = {
    pieces: [],
    unknownId: null,
    beginId: null,
    endId: null,
    padId: null,
    modelType: null,
    addDummyPrefix: true,
    removeExtraWhitespaces: false,
    normalizes: false,
  };
  for (const field of fieldsOf(bytes, name)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) model.pieces.push(readPiece(field.bytes, name));
    if (model.pieces.length > MOST_PIECES) throw new ConversionError(`${name} has more than ${MOST_PIECES} pieces.`);
    if (field.number === 2) readTrainer(field.bytes, name, model);
    if (field.number === 3) readNormalizer(field.bytes, name, model);
  }
  if (model.pieces.length === 0) throw new ConversionError(`${name} is no SentencePiece model: it has no pieces.`);
  return model;
}

function readPiece(bytes: Uint8Array, name: string): Piece {
  const piece: Piece = { text: '', score: 0, type: PIECE_TYPES.normal };
  for (const field of fieldsOf(bytes, name)) {
    if (field.number === 1 && field.wire === 2) piece.text = decodeText(field.bytes, name);
    if (field.number === 2 && field.wire === 5) piece.score = viewOf(field.bytes).getFloat32(0, true);
    if (field.number === 3 && field.wire === 0) piece.type = Number(field.value);
  }
  if (!Number.isFinite(piece.score)) throw new ConversionError(`${name} is damaged: a piece's score is no number.`);
  if (piece.type < 1 || piece.type > 6)
    throw new ConversionError(`${name} is damaged: a piece has the type ${piece.type}.`);
  return piece;
}

function readTrainer(bytes: Uint8Array, name: string, model: SentencePieceModel): void {
  for (const field of fieldsOf(bytes, name)) {
    if (field.wire !== 0) continue;
    const value = Number(BigInt.asIntN(32, field.value));
    if (field.number === 3) model.modelType = value;
    if (field.number === 40) model.unknownId = value;
    if (field.number === 41) model.beginId = value;
    if (field.number === 42) model.endId = value;
    if (field.number === 43) model.padId = value;
  }
}

function readNormalizer(bytes: Uint8Array, name: string, model: SentencePieceModel): void {
  // The fields' defaults in the .proto: both true.
  model.removeExtraWhitespaces = true;
  for (const field of fieldsOf(bytes, name)) {
    if (field.number === 2 && field.wire === 2) model.normalizes = field.bytes.length > 0;
    if (field.number === 3 && field.wire === 0) model.addDummyPrefix = field.value !== 0n;
    if (field.number === 4 && field.wire === 0) model.removeExtraWhitespaces = field.value !== 0n;
  }
}

/** The fields of one protocol buffer message. */
function* fieldsOf(bytes: Uint8Array, name: string): Generator<Field> {
  const broken = () =>
    new ConversionError(`${name} is no whole SentencePiece model: it ends or breaks off at a field.`);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw broken();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw broken();
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (number === 0) throw broken();
    if (wire === 0) {
      yield { number, wire, value: varint(), bytes: new Uint8Array() };
      continue;
    }
    const length = wire === 1 ? 8 : wire === 5 ? 4 : wire === 2 ? Number(varint()) : -1;
    if (length < 0 || at + length > bytes.length) throw broken();
    yield { number, wire, value: 0n, bytes: bytes.subarray(at, at + length) };
    at += length;
  }
}

function decodeText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ConversionError(`${name} is damaged: a piece is no valid text.`);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

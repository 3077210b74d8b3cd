/** Evidence as it lies in a photo that a person turned: it is found in the file as that stands. */
import { type EvidenceShape, type LocatedEvidence, maskPixels } from '../../../../shared/evidence.ts';
import { isOnItsSide, type Quarters, turnedBox, turnedPoint } from '../../base/quarters.ts';

export function turnedEvidence(found: LocatedEvidence, quarters: Quarters): LocatedEvidence {
  if (quarters === 0) return found;
  return { ...found, part: turnedBox(found.part, quarters), place: turnedPlace(found.place, quarters) };
}

function turnedPlace(place: EvidenceShape, quarters: Quarters): EvidenceShape {
  const point = (at: { x: number; y: number }) => turnedPoint(at, quarters);
  switch (place.shape) {
    case 'tiles': {
      const { columns, rows, tiles } = place;
      const turned = turnedCells(Uint8Array.from(tiles, Number), columns, rows, quarters);
      return { ...place, columns: turned.width, rows: turned.height, tiles: turned.cells.join('') };
    }
    case 'mask': {
      const { width, height, cells } = turnedCells(maskPixels(place), place.width, place.height, quarters);
      const bits = Buffer.alloc(Math.ceil(cells.length / 8));
      for (let at = 0; at < cells.length; at++) bits[at >> 3]! |= cells[at]! << (7 - (at & 7));
      return { ...place, width, height, bits: bits.toString('base64') };
    }
    case 'lines':
      return { ...place, lines: place.lines.map(({ from, to }) => ({ from: point(from), to: point(to) })) };
    case 'boxes':
      return { ...place, boxes: place.boxes.map((box) => turnedBox(box, quarters)) };
    case 'point':
      return { ...place, at: point(place.at), beside: point(place.beside) };
  }
}

function turnedCells(cells: Uint8Array, columns: number, rows: number, quarters: Quarters) {
  const [width, height] = isOnItsSide(quarters) ? [rows, columns] : [columns, rows];
  const turned = new Uint8Array(cells.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const to = turnedPoint({ x: (x + 0.5) / columns, y: (y + 0.5) / rows }, quarters);
      turned[Math.floor(to.y * height) * width + Math.floor(to.x * width)] = cells[y * columns + x]!;
    }
  }
  return { width, height, cells: turned };
}

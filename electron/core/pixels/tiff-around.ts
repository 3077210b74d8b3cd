/** Raw pixels of RGB or CMYK with a profile in a TIFF in memory, the one container that is only a header: how libvips takes them. */

/** @param samples eight bits each, three or four a pixel. */
export function tiffAround(
  samples: Buffer,
  width: number,
  height: number,
  profile: Buffer | null,
  space: 'rgb' | 'cmyk',
): Buffer {
  const channels = space === 'rgb' ? 3 : 4;
  const entries: [tag: number, type: 3 | 4 | 7, count: number, value: number][] = [
    [256, 4, 1, width],
    [257, 4, 1, height],
    [258, 3, channels, 0],
    [259, 3, 1, 1],
    [262, 3, 1, space === 'rgb' ? 2 : 5],
    [273, 4, 1, 0],
    [277, 3, 1, channels],
    [278, 4, 1, height],
    [279, 4, 1, samples.length],
    [284, 3, 1, 1],
  ];
  if (profile !== null) entries.push([34675, 7, profile.length, 0]);
  const bitsAt = 8 + 2 + entries.length * 12 + 4;
  const profileAt = bitsAt + 8;
  const profileSize = profile?.length ?? 0;
  const dataAt = profileAt + profileSize + (profileSize % 2);
  const header = Buffer.alloc(dataAt);
  header.write('II', 0, 'latin1');
  header.writeUInt16LE(42, 2);
  header.writeUInt32LE(8, 4);
  header.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, type, count, value]] of entries.entries()) {
    const at = 10 + index * 12;
    header.writeUInt16LE(tag, at);
    header.writeUInt16LE(type, at + 2);
    header.writeUInt32LE(count, at + 4);
    const place = tag === 258 ? bitsAt : tag === 34675 ? profileAt : tag === 273 ? dataAt : value;
    header.writeUInt32LE(place, at + 8);
  }
  for (let channel = 0; channel < channels; channel++) header.writeUInt16LE(8, bitsAt + channel * 2);
  profile?.copy(header, profileAt);
  return Buffer.concat([header, samples]);
}

/**
 * Which pictures are HDR and how that is said: code points (nclx, cICP, the `cicp` tag of a profile) or a gain map beside an
 * ordinary picture. Source: ITU-T H.273; PNG third edition (cICP); ICC.1:2022 section 9.2.17; ISO 21496-1; Android Ultra HDR.
 */

import { tagOf } from './icc.ts';
import type { Inspection } from './inspect.ts';

/** Code points of H.273. */
export type Cicp = { primaries: number; transfer: number; matrix: number };

/** `pq`, `hlg`: the pixels themselves are HDR and are tone-mapped; `gain-map`: an ordinary picture with a map to brighten it. */
export type Hdr = 'pq' | 'hlg' | 'gain-map';

/** What must be known to bring HDR pixels to the screen; null for pictures whose pixels are ordinary. */
export function hdrTransferOf({ heif, raster, icc }: Inspection): { transfer: 'pq' | 'hlg'; primaries: number } | null {
  const cicp = [heif?.cicp, raster?.cicp, icc === null ? null : cicpOfProfile(icc)].find(
    (one) => one != null && isHdr(one),
  );
  if (cicp == null) return null;
  return { transfer: cicp.transfer === 16 ? 'pq' : 'hlg', primaries: cicp.primaries };
}

function isHdr({ transfer }: Cicp): boolean {
  return transfer === 16 || transfer === 18;
}

function cicpOfProfile(icc: Buffer): Cicp | null {
  const tag = tagOf(icc, 'cicp');
  return tag === undefined || tag.length < 12 ? null : { primaries: tag[8]!, transfer: tag[9]!, matrix: tag[10]! };
}

export function hdrOf(inspection: Inspection): Hdr | null {
  const pixels = hdrTransferOf(inspection);
  if (pixels !== null) return pixels.transfer;
  return inspection.heif?.hasGainMap === true || inspection.jpeg?.hasGainMap === true ? 'gain-map' : null;
}

const NAMES: Readonly<Record<number, string>> = { 1: 'BT.709', 9: 'BT.2020', 11: 'DCI-P3', 12: 'Display P3' };

/** For people, beside or instead of the profile's name: `HDR (PQ), BT.2020`. */
export function hdrWords(inspection: Inspection, profile: string | null): string | null {
  const hdr = hdrOf(inspection);
  if (hdr === null) return profile;
  if (hdr === 'gain-map') return [profile ?? 'sRGB', 'HDR (gain map), its base picture is shown'].join(' · ');
  const space = NAMES[hdrTransferOf(inspection)!.primaries];
  return `HDR (${hdr.toUpperCase()})${space === undefined ? '' : `, ${space}`}, shown in standard range`;
}

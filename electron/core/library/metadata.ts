/** What a photo says about itself: EXIF, XMP, IPTC, ICC. */

/** When the picture was taken. */
export type CaptureTime = {
  /** Wall time at the place, `YYYY-MM-DDTHH:mm:ss` with `.sss` when sub-seconds are known. */
  local: string;
  /** Minutes east of UTC; null when no tag says it. */
  offsetMinutes: number | null;
  /** Milliseconds since 1970. Without an offset the wall time is read as UTC: right for order, not for the instant. */
  utcMs: number;
  source: 'exif' | 'gps' | 'xmp' | 'iptc' | 'description' | 'file-name';
};

/** A named rectangle on the upright picture, in shares of its width and height (0–1, left/top corner). */
export type FaceRegion = {
  name: string | null;
  kind: 'face' | 'pet' | 'focus' | 'barcode' | 'other';
  left: number;
  top: number;
  width: number;
  height: number;
};

export type Gps = { latitude: number; longitude: number /** Metres. */; altitude: number | null };

/** What a person or a program said about the photo, from embedded XMP/IPTC or from a sidecar. */
export type Annotations = {
  /** 0–5, or -1 for rejected; null when nothing says. */
  rating: number | null;
  /** As written, e.g. `Red`. */
  label: string | null;
  pick: 'pick' | 'reject' | null;
  keywords: string[];
  /** `A|B|C`. */
  hierarchicalKeywords: string[];
  caption: string | null;
  title: string | null;
  creator: string | null;
  faces: FaceRegion[];
  /** xmp:MetadataDate in milliseconds since 1970: the newest wins. */
  metadataDateMs: number | null;
};

export type Metadata = Annotations & {
  /** null: no tag can be believed; sort by the file's time and say so. */
  takenAt: CaptureTime | null;
  make: string | null;
  model: string | null;
  /** For people: `Canon EOS 350D`, make said once. */
  camera: string | null;
  lens: string | null;
  exposureSeconds: number | null;
  /** f-number. */
  aperture: number | null;
  iso: number | null;
  /** Stops. */
  exposureBias: number | null;
  /** Millimetres. */
  focalLength: number | null;
  focalLength35: number | null;
  flashFired: boolean | null;
  gps: Gps | null;
  /** EXIF orientation as stored, 0–8; null when absent. */
  orientation: number | null;
  /** Description of the embedded colour profile. */
  profile: string | null;
};

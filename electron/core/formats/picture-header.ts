/** What the headers of JPEG XL, JPEG 2000 and Photoshop files say alike. */
export type PictureHeader = {
  width: number;
  height: number;
  icc: Buffer | null;
  /** TIFF block. */
  exif: Buffer | null;
  xmp: Buffer[];
  /** IPTC record. */
  iptc: Buffer | null;
};

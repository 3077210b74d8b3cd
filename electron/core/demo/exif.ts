/** EXIF of a demo frame as a camera would write it. Software and description say that it was rendered. */
import type { Exif } from 'sharp';
import type { PlannedFrame } from './shoot.ts';

function rational(value: number): string {
  if (value > 0 && value < 0.4) return `1/${Math.round(1 / value)}`;
  return `${Math.round(value * 1000)}/1000`;
}

/** Degrees as EXIF wants them: degrees, minutes, seconds. */
function sexagesimal(degrees: number): string {
  const whole = Math.floor(degrees);
  const minutes = Math.floor((degrees - whole) * 60);
  const seconds = ((degrees - whole) * 60 - minutes) * 60;
  return `${whole}/1 ${minutes}/1 ${Math.round(seconds * 100)}/100`;
}

/** Wall-clock time at the camera, `YYYY:MM:DD hh:mm:ss`. */
function localTime(at: Date, offset: string): string {
  const minutes = (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6)));
  return new Date(at.getTime() + minutes * 60_000).toISOString().slice(0, 19).replaceAll('-', ':').replace('T', ' ');
}

export function exifOf(frame: PlannedFrame): Exif {
  const taken = localTime(frame.takenAt, frame.offset);
  const subSeconds = String(frame.takenAt.getMilliseconds()).padStart(3, '0');
  const exif: Exif = {
    IFD0: {
      Make: frame.camera.make,
      Model: frame.camera.model,
      Software: 'Keeplight demo shoot',
      ImageDescription: `Rendered scene: ${frame.scene}`,
      DateTime: taken,
    },
    IFD2: {
      DateTimeOriginal: taken,
      DateTimeDigitized: taken,
      SubSecTimeOriginal: subSeconds,
      OffsetTime: frame.offset,
      OffsetTimeOriginal: frame.offset,
      ExposureTime: rational(frame.exposureSeconds),
      FNumber: rational(frame.aperture),
      ISOSpeedRatings: String(frame.iso),
      FocalLength: rational(frame.focalLength),
      LensModel: frame.camera.lens,
    },
  };
  if (frame.place) {
    const { latitude, longitude, altitude } = frame.place;
    exif.IFD3 = {
      GPSLatitudeRef: latitude < 0 ? 'S' : 'N',
      GPSLatitude: sexagesimal(Math.abs(latitude)),
      GPSLongitudeRef: longitude < 0 ? 'W' : 'E',
      GPSLongitude: sexagesimal(Math.abs(longitude)),
      GPSAltitude: `${altitude}/1`,
    };
  }
  return exif;
}

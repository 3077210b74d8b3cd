/** Which of many dates is believed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCaptureTime, readOffset, readStamp, type TimeTags } from '../../electron/core/formats/capture-time.ts';

const NOW = Date.UTC(2026, 5, 1);
const NOTHING: TimeTags = {
  exifOriginal: null,
  exifDigitized: null,
  exifChanged: null,
  subSecond: null,
  subSecondDigitized: null,
  offset: null,
  offsetDigitized: null,
  gpsDate: null,
  gpsTime: [],
  xmp: [],
  xmpGps: null,
  iptcDate: null,
  iptcTime: null,
  others: [],
  description: null,
  fileName: 'DSC_0001.JPG',
};
const choose = (tags: Partial<TimeTags>) => chooseCaptureTime({ ...NOTHING, ...tags }, NOW);

describe('capture time', () => {
  it('takes EXIF with sub-seconds and zone', () => {
    expect(choose({ exifOriginal: '2024:02:29 23:59:58', subSecond: '07', offset: '+05:30' })).toEqual({
      local: '2024-02-29T23:59:58.070',
      offsetMinutes: 330,
      utcMs: Date.UTC(2024, 1, 29, 18, 29, 58, 70),
      source: 'exif',
    });
  });

  it('does not believe zero, blank, 1919, 2216, impossible days or a reset clock, and asks the next tag', () => {
    for (const wrong of [
      '0000:00:00 00:00:00',
      '    :  :     :  :  ',
      '1919:05:04 05:59:26',
      '2216:11:15 11:46:51',
      '2023:02:30 10:00:00',
      '1970:01:01 00:00:00',
      '1980:01:01 00:00:00',
      'yesterday',
      '',
    ])
      expect(choose({ exifOriginal: wrong, exifDigitized: '2020:01:02 03:04:05' })?.local, wrong).toBe(
        '2020-01-02T03:04:05',
      );
    expect(choose({ exifOriginal: '0000:00:00 00:00:00' })).toBeNull();
  });

  it('reads the zone from the satellites where they agree, and leaves it open where they do not', () => {
    const gps = (local: string, date: string, time: number[]) =>
      choose({ exifOriginal: local, gpsDate: date, gpsTime: time })?.offsetMinutes;
    expect(gps('2019:03:21 11:04:22', '2019:03:21', [16, 4, 21])).toBe(-300);
    expect(gps('2019:03:21 23:30:00', '2019:03:21', [17, 44, 40])).toBe(345);
    expect(gps('2008:10:22 16:28:39', '2008:10:23', [14, 27, 7])).toBeNull();
  });

  it('falls back in order: GPS, XMP, IPTC, description, name', () => {
    expect(choose({ gpsDate: '2008:10:23', gpsTime: [14, 45, 20.9], xmp: ['2001-01-01T00:00:00'] })).toMatchObject({
      source: 'gps',
      offsetMinutes: 0,
    });
    expect(choose({ xmp: [null, '2001-02-03T04:05:06.5+02:00'] })).toMatchObject({
      local: '2001-02-03T04:05:06.500',
      offsetMinutes: 120,
      source: 'xmp',
    });
    expect(choose({ iptcDate: '20150611', iptcTime: '102926+0000' })).toMatchObject({
      local: '2015-06-11T10:29:26',
      offsetMinutes: null,
      source: 'iptc',
    });
    expect(
      choose({
        description:
          '{"MAPCaptureTime":"2014_06_07_10_24_49_288","MAPLocalTimeZone":"Europe\\/Stockholm offset 7200 (x)"}',
      }),
    ).toMatchObject({ local: '2014-06-07T12:24:49.288', offsetMinutes: 120 });
    expect(choose({ fileName: 'IMG_20180725_163423.jpg' })).toMatchObject({
      local: '2018-07-25T16:34:23',
      source: 'file-name',
    });
    expect(choose({ fileName: 'Screenshot 2019-05-21 at 10.45.52.png' })).toMatchObject({
      local: '2019-05-21T10:45:52',
    });
    expect(choose({ fileName: 'IMG_20181325_163423.jpg' })).toBeNull();
  });

  it('round-trips every believable wall time and never yields one that is not', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1971-01-01'), max: new Date(NOW), noInvalidDate: true }), (date) => {
        const text = date.toISOString().slice(0, 19);
        if (text === '1980-01-01T00:00:00') return;
        expect(choose({ exifOriginal: text.replaceAll('-', ':').replace('T', ' ') })?.local).toBe(text);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 30, unit: fc.constantFrom(...'0123456789:- TZ+.') }), (text) => {
        const stamp = readStamp(text, NOW);
        if (stamp !== null) expect(stamp.wallMs >= Date.UTC(1971, 0, 1) && stamp.wallMs <= NOW + 86_400_000).toBe(true);
        const offset = readOffset(text);
        if (offset !== null) expect(offset >= -720 && offset <= 840).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

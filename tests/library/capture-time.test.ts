/** Which of many dates is believed. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBytes } from '../../electron/core/formats/bytes.ts';
import { chooseCaptureTime, type TimeTags, timeOfSidecar } from '../../electron/core/formats/capture-time.ts';
import { fileCounterOf } from '../../electron/core/formats/file-name-dates.ts';
import { inspect } from '../../electron/core/formats/inspect.ts';
import { metadataOf } from '../../electron/core/formats/metadata.ts';
import { daysOf, readOffset, readStamp } from '../../electron/core/formats/stamp.ts';
import { CASES, HAS_CASES } from './real-photos.ts';

fc.configureGlobal({ seed: 4101 });

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
  xmpDigitized: [],
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
      precision: 'second',
      source: 'exif',
    });
  });

  it('takes sub-seconds as the decimals that they are, to the thousandth', () => {
    for (const [subSecond, millis] of [
      ['9', 900],
      ['009', 9],
      ['123456', 123],
    ] as const) {
      const chosen = choose({ exifOriginal: '2024:02:29 23:59:58', subSecond });
      expect([subSecond, chosen?.utcMs]).toEqual([subSecond, Date.UTC(2024, 1, 29, 23, 59, 58, millis)]);
    }
  });

  it('takes the number of a frame from names that cameras give, and from no others', () => {
    const names = {
      'IMG_1234.JPG': 1234,
      'DSC09876.ARW': 9876,
      'P1010023.ORF': 23,
      '_MG_0001.CR2': 1,
      'IMG_12345.jpg': 12345,
    };
    for (const [name, counter] of Object.entries(names)) expect([name, fileCounterOf(name)]).toEqual([name, counter]);
    for (const name of ['beach.jpg', 'IMG_20240102_030405.jpg', 'IMG_12.jpg', '2024 Lisbon.jpg'])
      expect([name, fileCounterOf(name)]).toEqual([name, null]);
  });

  it('does not believe zero, blank, the future, impossible days or a clock that nobody set, and asks the next tag', () => {
    for (const wrong of [
      '0000:00:00 00:00:00',
      '    :  :     :  :  ',
      '1825:05:04 05:59:26',
      '2216:11:15 11:46:51',
      '2023:02:30 10:00:00',
      '2023:05:30 25:00:00',
      '1970:01:01 00:00:00',
      '1970:01:01 05:30:00',
      '1969:12:31 19:00:00',
      '1980:01:01 00:00:37',
      '1980-01-01',
      '1904:01:01 00:00:00',
      '2000:01:01 00:00:00',
      '2002:12:08 12:00:00',
      'yesterday',
      '',
    ])
      expect(choose({ exifOriginal: wrong, exifDigitized: '2020:01:02 03:04:05' }), wrong).toMatchObject({
        local: '2020-01-02T03:04:05',
        source: 'exif-digitized',
      });
    expect(choose({ exifOriginal: '0000:00:00 00:00:00' })).toBeNull();
  });

  it('believes what a person wrote of a scan, back to the first photographs', () => {
    const scan = { exifDigitized: '2020:03:04 10:00:00', exifChanged: '2020:03:05 10:00:00' };
    for (const [written, local, utcMs] of [
      ['1919:05:04 05:59:26', '1919-05-04T05:59:26', Date.UTC(1919, 4, 4, 5, 59, 26)],
      ['1970:07:20 21:00:00', '1970-07-20T21:00:00', Date.UTC(1970, 6, 20, 21)],
      ['1935:01:01 00:00:00', '1935-01-01T00:00:00', Date.UTC(1935, 0, 1)],
      ['1826:01:01 00:00:00', '1826-01-01T00:00:00', Date.UTC(1826, 0, 1)],
    ] as const)
      expect(choose({ ...scan, exifOriginal: written })).toMatchObject({ local, utcMs, source: 'exif' });
    expect(choose({ ...scan, xmp: [null, '1952-05-06'] })).toMatchObject({
      local: '1952-05-06T00:00:00',
      precision: 'day',
      source: 'xmp',
    });
    expect(choose({ ...scan, iptcDate: '19520000' })).toMatchObject({
      local: '1952-01-01T00:00:00',
      precision: 'year',
    });
    expect(choose({ ...scan, xmp: ['1970'] })).toMatchObject({ local: '1970-01-01T00:00:00', precision: 'year' });
  });

  it('makes a day, month or year exact by what lies within it, and by nothing else', () => {
    const iptc = { iptcDate: '20061029', iptcTime: '062751-0500' };
    expect(choose({ xmp: ['2006-10-29'], ...iptc })).toMatchObject({
      local: '2006-10-29T06:27:51',
      offsetMinutes: -300,
      source: 'iptc',
    });
    expect(choose({ xmp: ['2006-10'], ...iptc })?.local).toBe('2006-10-29T06:27:51');
    expect(choose({ xmp: ['2006-10-28'], ...iptc })).toMatchObject({ local: '2006-10-28T00:00:00', precision: 'day' });
    expect(choose({ xmp: ['1987-08'], exifDigitized: '2015:01:01 10:00:00' })).toMatchObject({
      local: '1987-08-01T00:00:00',
      precision: 'month',
    });
    // When a file was changed says nothing of the hour of its day.
    expect(choose({ xmp: ['2019-07-04'], exifChanged: '2019:07:04 23:00:00' })?.precision).toBe('day');
  });

  it('reads dates as cameras, programs and people write them', () => {
    for (const [text, wall, precision] of [
      ['2013:08:31 24:10:05', '2013-09-01T00:10:05', 'second'],
      ['2013:12:31 24:00:05', '2014-01-01T00:00:05', 'second'],
      ['2008: 1: 2  3: 4: 5', '2008-01-02T03:04:05', 'second'],
      ['2008:01:02 03:04:60', '2008-01-02T03:04:59', 'second'],
      ['2008:01:02 03:04:70', '2008-01-02T03:04:00', 'second'],
      ['2008-01-02T03:04', '2008-01-02T03:04:00', 'second'],
      ['2008-01-02T03:04:05.678Z', '2008-01-02T03:04:05', 'second'],
      ['2008/01/02 03:04:05 PM', '2008-01-02T15:04:05', 'second'],
      ['20080102T030405', '2008-01-02T03:04:05', 'second'],
      ['Wed, 02 Jan 2008 03:04:05 GMT', '2008-01-02T03:04:05', 'second'],
      ['Wed Jan  2 03:04:05 2008', '2008-01-02T03:04:05', 'second'],
      ['2008:01:02', '2008-01-02T00:00:00', 'day'],
      ['2008:01:02   :  :  ', '2008-01-02T00:00:00', 'day'],
      ['1987', '1987-01-01T00:00:00', 'year'],
      ['1987:00:00 00:00:00', '1987-01-01T00:00:00', 'year'],
      ['1987-08', '1987-08-01T00:00:00', 'month'],
      ['1987:08:  ', '1987-08-01T00:00:00', 'month'],
    ] as const) {
      const stamp = readStamp(text, NOW);
      expect([text, stamp && new Date(stamp.wallMs).toISOString().slice(0, 19), stamp?.precision]).toEqual([
        text,
        wall,
        precision,
      ]);
    }
  });

  it('reads the names that phones, messengers, drones and screen grabbers give', () => {
    for (const [fileName, local, offsetMinutes] of [
      ['WhatsApp Image 2022-08-09 at 11.12.13 PM.jpeg', '2022-08-09T23:12:13', null],
      ['WhatsApp Image 2022-08-09 at 12.12.13 AM (1).jpeg', '2022-08-09T00:12:13', null],
      ['Screenshot 2023-05-06 at 3.04.05\u202fPM.png', '2023-05-06T15:04:05', null],
      ['Screenshot 2023-05-06 at 3.04.05 PM', '2023-05-06T15:04:05', null],
      ['Screen Shot 2019-05-21 at 12.45.52 pm.png', '2019-05-21T12:45:52', null],
      ['Screenshot 2019-05-21 at 10.45.52.png', '2019-05-21T10:45:52', null],
      ['Bildschirmfoto 2023-05-06 um 15.04.05.png', '2023-05-06T15:04:05', null],
      ['Captura de pantalla 2023-05-06 a las 3.04.05 p. m..png', '2023-05-06T15:04:05', null],
      ['截屏2023-05-06 下午3.04.05.png', '2023-05-06T15:04:05', null],
      ['IMG-20190704-WA0001.jpg', '2019-07-04T00:00:00', null],
      ['signal-2021-03-04-101112.jpg', '2021-03-04T10:11:12', null],
      ['signal-2021-03-04-10-11-12-345.jpg', '2021-03-04T10:11:12.345', null],
      ['FB_IMG_1562245566123.jpg', '2019-07-04T13:06:06.123', 0],
      ['mmexport1562245566123.jpg', '2019-07-04T13:06:06.123', 0],
      ['Messenger_creation_1562245566123.jpg', '2019-07-04T13:06:06.123', 0],
      ['Line_1562245566123.jpg', '2019-07-04T13:06:06.123', 0],
      ['PXL_20210102_030405678.jpg', '2021-01-02T03:04:05.678', 0],
      ['PXL_20210102_030405678.PORTRAIT-01.COVER.jpg', '2021-01-02T03:04:05.678', 0],
      ['IMG_20180725_163423.jpg', '2018-07-25T16:34:23', null],
      ['IMG_20180725_163423_1.jpg', '2018-07-25T16:34:23', null],
      ['VID_20180725_163423.jpg', '2018-07-25T16:34:23', null],
      ['20180725_163423(0).jpg', '2018-07-25T16:34:23', null],
      ['DJI_20230506150405_0001_D.JPG', '2023-05-06T15:04:05', null],
      ['00000IMG_00000_BURST20180725163423123_COVER.jpg', '2018-07-25T16:34:23.123', null],
      ['Screenshot_20190521-104552_Maps.jpg', '2019-05-21T10:45:52', null],
      ['Screenshot_2019-05-21-10-45-52-123_com.maps.png', '2019-05-21T10:45:52.123', null],
      ['Screenshot from 2019-05-21 10-45-52.png', '2019-05-21T10:45:52', null],
      ['Screenshot 2023-05-06 150405.png', '2023-05-06T15:04:05', null],
      ['2014-05-06 07.08.09.jpg', '2014-05-06T07:08:09', null],
      ['photo_2021-03-04_10-11-12.jpg', '2021-03-04T10:11:12', null],
      ['WP_20140506_07_08_09_Pro.jpg', '2014-05-06T07:08:09', null],
      ['WP_20140506_001.jpg', '2014-05-06T00:00:00', null],
      ['1952-05-06 wedding.jpg', '1952-05-06T00:00:00', null],
    ] as const)
      expect([fileName, choose({ fileName })]).toMatchObject([fileName, { local, offsetMinutes, source: 'file-name' }]);
    for (const fileName of ['IMG_20181325_163423.jpg', 'DSC_0001.JPG', 'IMG_1234.JPG', '12345678901.jpg', '1999.jpg'])
      expect([fileName, choose({ fileName })]).toEqual([fileName, null]);
  });

  it.skipIf(!HAS_CASES)('of real files is what their makers meant', () => {
    for (const [path, local, precision] of [
      ['01-dates-before-1971/scan1935.jpg', '1935-06-01T12:00:00', 'second'],
      ['01-dates-before-1971/scan1970.jpg', '1970-07-20T21:00:00', 'second'],
      ['13-dates-other/hour24.jpg', '2013-09-01T00:10:05', 'second'],
      ['13-dates-other/xmpyearmonth.jpg', '1987-08-01T00:00:00', 'month'],
      ['13-dates-other/dateonly_vs_iptc.jpg', '2006-10-29T06:27:51', 'second'],
    ] as const) {
      using bytes = openBytes(join(CASES, path));
      const { takenAt } = metadataOf(inspect(bytes, path), path, NOW);
      expect([path, takenAt?.local, takenAt?.precision]).toEqual([path, local, precision]);
    }
  });

  it('lets a sidecar put a date right, and keeps what its copy leaves out', () => {
    const embedded = choose({ exifOriginal: '2020:03:04 10:00:00', subSecond: '25', offset: '+02:00' })!;
    expect(timeOfSidecar([null, '1952-05-06'], embedded, NOW)).toMatchObject({
      local: '1952-05-06T00:00:00',
      precision: 'day',
      source: 'sidecar',
    });
    for (const copy of ['2020-03-04T10:00:00', '2020-03-04', '2020-03', 'nothing'])
      expect(timeOfSidecar([copy], embedded, NOW)).toEqual(embedded);
    const zoneless = choose({ exifOriginal: '2020:03:04 10:00:00' })!;
    expect(timeOfSidecar(['2020-03-04T10:00:00+05:30'], zoneless, NOW)).toMatchObject({
      offsetMinutes: 330,
      utcMs: Date.UTC(2020, 2, 4, 4, 30),
      source: 'exif',
    });
    expect(timeOfSidecar(['2020-03-04T11:00:00'], embedded, NOW)?.local).toBe('2020-03-04T11:00:00');
  });

  it('reads the zone from the satellites where they agree, and leaves it open where they do not', () => {
    const gps = (local: string, date: string, time: number[]) =>
      choose({ exifOriginal: local, gpsDate: date, gpsTime: time })?.offsetMinutes;
    expect(gps('2019:03:21 11:04:22', '2019:03:21', [16, 4, 21])).toBe(-300);
    expect(gps('2019:03:21 23:30:00', '2019:03:21', [17, 44, 40])).toBe(345);
    expect(gps('2008:10:22 16:28:39', '2008:10:23', [14, 27, 7])).toBeNull();
  });

  it('falls back in order: XMP, IPTC, GPS, description, name', () => {
    expect(
      choose({ gpsDate: '2008:10:23', gpsTime: [14, 45, 20.9], xmpDigitized: ['2001-01-02T00:00:00'] }),
    ).toMatchObject({
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
    expect(choose({ exifChanged: '2008:10:23 10:00:00', fileName: 'IMG_20180725_163423.jpg' })?.source).toBe(
      'exif-changed',
    );
  });

  it('round-trips every believable wall time and never yields one that is not', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1826-01-01'), max: new Date(NOW), noInvalidDate: true }), (date) => {
        const text = date.toISOString().slice(0, 19);
        if (/^(1980-01-01|1970-01-01)/.test(text)) return;
        expect(choose({ exifOriginal: text.replaceAll('-', ':').replace('T', ' ') })?.local).toBe(text);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 30, unit: fc.constantFrom(...'0123456789:- TZ+.') }), (text) => {
        const stamp = readStamp(text, NOW);
        if (stamp !== null) {
          const { first, last } = daysOf(stamp.wallMs, stamp.precision);
          expect(last).toBeGreaterThanOrEqual(first);
          expect(stamp.wallMs >= Date.UTC(1826, 0, 1) && stamp.wallMs <= NOW + 86_400_000).toBe(true);
        }
        const offset = readOffset(text);
        if (offset !== null) expect(offset >= -720 && offset <= 840).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

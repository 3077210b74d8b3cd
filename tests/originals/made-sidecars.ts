/**
 * Sidecars as Lightroom, Camera Raw, darktable, digiKam, Photo Mechanic, Capture One, exiftool and strangers write them,
 * in every form that XMP allows: the same for the same seed.
 */
import { seededRandom } from '../../shared/random.ts';

const NAMESPACES = {
  dc: 'http://purl.org/dc/elements/1.1/',
  xmp: 'http://ns.adobe.com/xap/1.0/',
  xmpDM: 'http://ns.adobe.com/xmp/1.0/DynamicMedia/',
  xmpMM: 'http://ns.adobe.com/xap/1.0/mm/',
  stEvt: 'http://ns.adobe.com/xap/1.0/sType/ResourceEvent#',
  crs: 'http://ns.adobe.com/camera-raw-settings/1.0/',
  lr: 'http://ns.adobe.com/lightroom/1.0/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  darktable: 'http://darktable.sf.net/',
  digiKam: 'http://www.digikam.org/ns/1.0/',
  MicrosoftPhoto: 'http://ns.microsoft.com/photo/1.0/',
  acdsee: 'http://ns.acdsee.com/iptc/1.0/',
  photomechanic: 'http://ns.camerabits.com/photomechanic/1.0/',
  Iptc4xmpCore: 'http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/',
  exif: 'http://ns.adobe.com/exif/1.0/',
  tiff: 'http://ns.adobe.com/tiff/1.0/',
  'mwg-rs': 'http://www.metadataworkinggroup.com/schemas/regions/',
  stArea: 'http://ns.adobe.com/xmp/sType/Area#',
  stDim: 'http://ns.adobe.com/xap/1.0/sType/Dimensions#',
  other: 'http://example.com/ns/other/1.0/',
} as const;
type Prefix = keyof typeof NAMESPACES;

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

export type MadeSidecar = { bytes: Buffer /** For the failure's message. */; program: string };

class Dice {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = seededRandom(seed * 7919 + 17);
  }
  chance(share: number): boolean {
    return this.#random() < share;
  }
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

type Simple = [name: `${Prefix}:${string}`, value: string];
type Parts = { simple: Simple[]; elements: string[] };

const WORDS = ['lake', 'Zürich', 'Tom &amp; Jerry', 'a &lt; b', '雪山', '&#x72;&#101;d', 'old town', '🎞 film', "l'été"];

/** What the programs themselves write, with what a person said of the photo in it. */
const PROGRAMS: Readonly<Record<string, (dice: Dice) => Parts>> = {
  Lightroom: (dice) => ({
    simple: [
      ['crs:Version', '15.4'],
      ['crs:ProcessVersion', '11.0'],
      ['crs:WhiteBalance', 'As Shot'],
      ['crs:Exposure2012', `+${dice.below(3)}.${dice.below(99)}`],
      ['crs:HasSettings', 'True'],
      ['crs:RawFileName', 'IMG_0001.NEF'],
      ['photoshop:SidecarForExtension', 'NEF'],
      ['xmp:CreatorTool', 'Adobe Photoshop Lightroom Classic 13.2 (Macintosh)'],
      ['xmpMM:DocumentID', `xmp.did:${dice.below(1e9)}`],
      ['xmp:Rating', String(dice.below(6))],
      ...(dice.chance(0.4) ? ([['xmp:Label', dice.pick(['Red', 'Grün', 'レッド', 'To do'])]] as Simple[]) : []),
      ...(dice.chance(0.3)
        ? ([
            ['xmpDM:pick', dice.pick(['1', '0', '-1'])],
            ['xmpDM:good', dice.pick(['true', 'False'])],
          ] as Simple[])
        : []),
    ],
    elements: [
      '<xmpMM:History><rdf:Seq><rdf:li stEvt:action="saved" stEvt:instanceID="xmp.iid:1" stEvt:when="2024-05-01T10:00:00+02:00" stEvt:softwareAgent="Adobe Photoshop Lightroom Classic 13.2" stEvt:changed="/metadata"/></rdf:Seq></xmpMM:History>',
      '<crs:ToneCurvePV2012><rdf:Seq><rdf:li>0, 0</rdf:li><rdf:li>128, 120</rdf:li><rdf:li>255, 255</rdf:li></rdf:Seq></crs:ToneCurvePV2012>',
      '<crs:MaskGroupBasedCorrections><rdf:Seq><rdf:li><rdf:Description crs:What="Correction" crs:CorrectionAmount="1" crs:LocalExposure2012="0.25"><crs:CorrectionMasks><rdf:Seq><rdf:li crs:What="Mask/Image" crs:MaskSubType="1" crs:MaskName="Sky 1"/></rdf:Seq></crs:CorrectionMasks></rdf:Description></rdf:li></rdf:Seq></crs:MaskGroupBasedCorrections>',
      '<crs:Look><rdf:Description crs:Name="Adobe Color" crs:Amount="1"><crs:Group><rdf:Alt><rdf:li xml:lang="x-default">Profiles</rdf:li></rdf:Alt></crs:Group><crs:Parameters><rdf:Description crs:Version="15.4" crs:ConvertToGrayscale="False"/></crs:Parameters></rdf:Description></crs:Look>',
    ],
  }),
  darktable: (dice) => ({
    simple: [
      ['xmpMM:DerivedFrom', 'IMG_0001.NEF'],
      ['xmp:Rating', dice.pick(['0', '1', '3', '5', '-1'])],
      ['darktable:xmp_version', '5'],
      ['darktable:raw_params', '0'],
      ['darktable:auto_presets_applied', '1'],
      ['darktable:history_end', '11'],
      ['darktable:history_basic_hash', 'b7f5c2f1e1'],
    ],
    elements: [
      '<darktable:masks_history><rdf:Seq/></darktable:masks_history>',
      '<darktable:history><rdf:Seq><rdf:li darktable:num="0" darktable:operation="rawprepare" darktable:enabled="1" darktable:modversion="2" darktable:params="00000000gz04eJxjYA==" darktable:multi_name="" darktable:multi_priority="0" darktable:blendop_version="13" darktable:blendop_params="gz11eJxjYIAACQYYOOHEgAZY0QWAgBGLGANDgz0Ej1Q+dlAx68oBEMbFxwX+AwGIBgCbGCeh"/></rdf:Seq></darktable:history>',
      ...(dice.chance(0.5)
        ? ['<darktable:colorlabels><rdf:Seq><rdf:li>1</rdf:li></rdf:Seq></darktable:colorlabels>']
        : []),
    ],
  }),
  digiKam: (dice) => ({
    simple: [
      ['xmp:CreatorTool', 'digiKam-8.2.0'],
      ['digiKam:PickLabel', String(dice.below(4))],
      ['digiKam:ColorLabel', String(dice.below(10))],
      ['xmp:Rating', String(dice.below(6))],
      ['MicrosoftPhoto:Rating', dice.pick(['1', '25', '50', '75', '99'])],
      ['acdsee:rating', String(dice.below(6))],
      [
        'acdsee:categories',
        '&lt;Categories&gt;&lt;Category Assigned="1"&gt;lake&lt;/Category&gt;&lt;/Categories&gt;'.replaceAll(
          '"',
          '&quot;',
        ),
      ],
    ],
    elements: [
      '<digiKam:TagsList><rdf:Seq><rdf:li>Places/Norway/Oslo</rdf:li><rdf:li>lake</rdf:li></rdf:Seq></digiKam:TagsList>',
      '<digiKam:CaptionsAuthorNames><rdf:Alt><rdf:li xml:lang="x-default">Ann</rdf:li></rdf:Alt></digiKam:CaptionsAuthorNames>',
      '<mwg-rs:Regions rdf:parseType="Resource"><mwg-rs:AppliedToDimensions stDim:w="4000" stDim:h="3000" stDim:unit="pixel"/><mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Ann" mwg-rs:Type="Face"><mwg-rs:Area stArea:x="0.5" stArea:y="0.4" stArea:w="0.1" stArea:h="0.2" stArea:unit="normalized"/></rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>',
    ],
  }),
  'Photo Mechanic': (dice) => ({
    simple: [
      ['photomechanic:ColorClass', String(dice.below(9))],
      ['photomechanic:Tagged', dice.pick(['True', 'False'])],
      ['photomechanic:Prefs', `${dice.below(2)}:${dice.below(9)}:${dice.below(6)}:000001`],
      ['photoshop:Urgency', String(dice.below(9))],
      ['xmp:Rating', String(dice.below(6))],
      ['photoshop:City', 'Zürich'],
      ['Iptc4xmpCore:CountryCode', 'CHE'],
    ],
    elements: [
      '<Iptc4xmpCore:CreatorContactInfo rdf:parseType="Resource"><Iptc4xmpCore:CiEmailWork>a@example.com</Iptc4xmpCore:CiEmailWork></Iptc4xmpCore:CreatorContactInfo>',
      '<dc:creator><rdf:Seq><rdf:li>Ann Example</rdf:li></rdf:Seq></dc:creator>',
      '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Ann</rdf:li><rdf:li xml:lang="de">© Anne</rdf:li></rdf:Alt></dc:rights>',
    ],
  }),
  'Capture One': (dice) => ({
    simple: [
      ['xmp:Rating', String(dice.below(6))],
      ['xmp:Label', dice.pick(['Red', 'Yellow', 'Rot', 'Pink'])],
      ['photoshop:Headline', 'A headline'],
      ['tiff:Make', 'Phase One'],
    ],
    elements: ['<Iptc4xmpCore:Location>Harbour</Iptc4xmpCore:Location>'],
  }),
  stranger: (dice) => ({
    simple: [
      ['other:Plain', 'a &quot;b&quot; &#39;c&#39; &amp; d'],
      ['exif:ExposureTime', '1/250'],
      ['xmp:CreateDate', '2024-05-01T10:00:00.25+02:00'],
    ],
    elements: [
      '<other:Link rdf:resource="http://example.com/a?b=1&amp;c=2"/>',
      '<other:Qualified><rdf:Description rdf:value="7" other:unit="mm"/></other:Qualified>',
      '<other:Deep rdf:parseType="Resource"><other:Inner rdf:parseType="Resource"><other:Leaf>x</other:Leaf></other:Inner></other:Deep>',
      `<other:Text><![CDATA[1 < 2 & 3 > 2]]></other:Text>`,
      ...(dice.chance(0.4) ? ['<!-- a note of a person -->'] : []),
    ],
  }),
};

const ENCODINGS = ['utf-8', 'utf-8', 'utf-8', 'utf-8 marked', 'utf-16le', 'utf-16be'] as const;

export function madeSidecar(seed: number): MadeSidecar {
  const dice = new Dice(seed);
  const program = dice.pick(Object.keys(PROGRAMS));
  const { simple, elements } = PROGRAMS[program]!(dice);
  if (dice.chance(0.5)) elements.push(...wordsOf(dice));
  if (dice.chance(0.3) && !simple.some(([name]) => name === 'xmp:MetadataDate')) {
    simple.push(['xmp:MetadataDate', '2024-05-02T10:00:00+02:00']);
  }
  const encoding = dice.pick(ENCODINGS);
  // exiftool, who is asked afterwards, knows UTF-16 by the packet's own mark alone.
  const xmp = packetOf(dice, simple, elements, encoding.startsWith('utf-16'));
  const text = encoding === 'utf-8' ? xmp : `\ufeff${xmp}`;
  const little = Buffer.from(text, 'utf16le');
  const bytes =
    encoding === 'utf-16le' ? little : encoding === 'utf-16be' ? little.swap16() : Buffer.from(text, 'utf8');
  return { bytes, program };
}

function wordsOf(dice: Dice): string[] {
  const words = WORDS.slice(0, 1 + dice.below(WORDS.length));
  const list = (items: readonly string[]) =>
    items.map((item) => `<rdf:li>${item}</rdf:li>`).join(dice.pick(['', '\n     ']));
  return [
    `<dc:subject><rdf:Bag>${list(words)}</rdf:Bag></dc:subject>`,
    ...(dice.chance(0.5)
      ? [`<lr:hierarchicalSubject><rdf:Bag>${list(['Places|Norway|Oslo', 'lake'])}</rdf:Bag></lr:hierarchicalSubject>`]
      : []),
    ...(dice.chance(0.5)
      ? [
          '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Fjord &amp; ice</rdf:li><rdf:li xml:lang="nb">Fjord og is</rdf:li></rdf:Alt></dc:description>',
        ]
      : []),
    ...(dice.chance(0.3)
      ? ['<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Morning</rdf:li></rdf:Alt></dc:title>']
      : []),
  ];
}

function packetOf(dice: Dice, simple: readonly Simple[], elements: readonly string[], isMarked: boolean): string {
  const quote = dice.pick(['"', '"', "'"]);
  const line = dice.pick(['\n', '\n', '\r\n', '']);
  const space = line === '' ? ' ' : `${line}    `;
  const renamed: Partial<Record<Prefix, string>> = dice.chance(0.25) ? { xmp: 'xap', dc: 'ns1', lr: 'lightroom' } : {};
  const rdf = dice.chance(0.1) ? 'r' : 'rdf';
  const attributes: string[] = [];
  const bodies: string[] = [];
  const elementForm = dice.pick([0, 0.3, 1]);
  for (const [name, value] of simple) {
    if (dice.chance(elementForm)) bodies.push(`<${name}>${value}</${name}>`);
    else attributes.push(`${name}=${quote}${quote === "'" ? value.replaceAll("'", '&apos;') : value}${quote}`);
  }
  bodies.push(...elements);
  const declared = (prefixes: readonly Prefix[]) =>
    prefixes.map((prefix) => `xmlns:${prefix}=${quote}${NAMESPACES[prefix]}${quote}`);
  const used = (Object.keys(NAMESPACES) as Prefix[]).filter((prefix) =>
    [...attributes, ...bodies].some((part) => part.includes(`${prefix}:`)),
  );
  const isSplit = dice.chance(0.2);
  const description = (own: readonly string[], inside: readonly string[]) => {
    const head = [`<rdf:Description rdf:about=${quote}${quote}`, ...declared(used), ...own].join(space);
    return inside.length === 0
      ? `${head}/>`
      : `${head}>${line}   ${inside.join(`${line}   `)}${line}  </rdf:Description>`;
  };
  const content = isSplit
    ? `${description(attributes, [])}${line}  ${description([], bodies)}`
    : description(attributes, bodies);
  const whole = `<rdf:RDF xmlns:rdf=${quote}${RDF}${quote}>${line}  ${content}${line} </rdf:RDF>`;
  const meta =
    dice.chance(0.85) || rdf !== 'rdf'
      ? `<x:xmpmeta xmlns:x=${quote}adobe:ns:meta/${quote} x:xmptk=${quote}Made${quote}>${line} ${whole}${line}</x:xmpmeta>`
      : whole;
  const padding = dice.chance(0.3) ? `${`${' '.repeat(99)}\n`.repeat(8)}` : '';
  const wrapped =
    dice.chance(0.6) || isMarked
      ? `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>${line}${meta}${line}${padding}<?xpacket end="w"?>`
      : dice.chance(0.3)
        ? `<?xml version="1.0"?>${line}${meta}${line}`
        : meta + line;
  let text = wrapped;
  for (const [prefix, name] of Object.entries(renamed))
    text = text.replace(new RegExp(`(?<=[<\\s/:])${prefix}(?=[:=])`, 'g'), name);
  if (rdf !== 'rdf') text = text.replace(/(?<=[<\s/:])rdf(?=[:=])/g, rdf);
  return text;
}

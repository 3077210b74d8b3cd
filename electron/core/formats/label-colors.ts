/** Color labels in the languages, numbers and codes of other programs → the five colors that Keeplight has. Pure. */

export type LabelColor = 'red' | 'yellow' | 'green' | 'blue' | 'purple';

/** As Lightroom, Bridge and their like write them; lower case. */
const WORDS: Readonly<Record<LabelColor, string>> = {
  red:
    'red rot rouge rojo rosso vermelho rood röd rød красный червоний 赤 レッド 红色 紅色 빨강 빨간색 czerwony červená červený ' +
    'červené punainen piros kırmızı merah đỏ κόκκινο แดง',
  yellow:
    'yellow gelb jaune amarillo giallo amarelo geel gul жёлтый желтый жовтий 黄 黄色 イエロー 黃色 노랑 노란색 żółty žlutá žlutý ' +
    'žluté keltainen sárga sarı kuning vàng κίτρινο เหลือง',
  green:
    'green grün vert verde groen grön grønn grøn зелёный зеленый зелений 緑 グリーン 绿色 綠色 초록 초록색 녹색 zielony zelená ' +
    'zelený zelené vihreä zöld yeşil hijau πράσινο เขียว',
  blue:
    'blue blau bleu azul blu blauw blå синий синій 青 ブルー 蓝色 藍色 파랑 파란색 niebieski modrá modrý modré sininen kék ' +
    'mavi biru μπλε น้ำเงิน',
  purple:
    'purple violet violett lila lilla purpur púrpura purpura morado viola roxo paars фиолетовый фіолетовий 紫 紫色 パープル ' +
    '보라 보라색 자주 자주색 fioletowy purpurowy fialová fialový fialové purpurová violetti purppura bíbor mor ungu tím ' +
    'μοβ ม่วง pourpre porpora magenta',
};

const COLOR_OF_WORD: ReadonlyMap<string, LabelColor> = new Map(
  Object.entries(WORDS).flatMap(([color, words]) =>
    words.split(' ').map((word) => [word.normalize('NFC'), color as LabelColor] as const),
  ),
);

/** A word in any of the languages, or `#RRGGBB`; null when it means none of the five. */
export function colorOfText(text: string | null): LabelColor | null {
  const word = text?.trim().normalize('NFC').toLowerCase() ?? '';
  const code = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(word);
  if (code === null) return COLOR_OF_WORD.get(word) ?? null;
  const [red, green, blue] = code.slice(1).map((part) => Number.parseInt(part, 16)) as [number, number, number];
  return colorOfHue(red, green, blue);
}

/** Up to which hue, in degrees, each color reaches. */
const HUES: readonly [number, LabelColor][] = [
  [30, 'red'],
  [75, 'yellow'],
  [165, 'green'],
  [255, 'blue'],
  [335, 'purple'],
  [360, 'red'],
];

/** null for grays. @param red, green, blue 0–255 */
function colorOfHue(red: number, green: number, blue: number): LabelColor | null {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (range < 0.15 * most || most === 0) return null;
  const sixth =
    most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  const hue = (sixth * 60 + 360) % 360;
  return HUES.find(([end]) => hue <= end)![1];
}

/** digiKam's numbers; orange, gray, black and white are none of ours. */
export const DIGIKAM_COLORS: ReadonlyMap<number, LabelColor> = new Map([
  [1, 'red'],
  [3, 'yellow'],
  [4, 'green'],
  [5, 'blue'],
  [6, 'purple'],
]);

export const DARKTABLE_COLORS: ReadonlyMap<number, LabelColor> = new Map([
  [0, 'red'],
  [1, 'yellow'],
  [2, 'green'],
  [3, 'blue'],
  [4, 'purple'],
]);

/** Photo Mechanic's color classes, which it also writes as urgency; 3 is orange, 8 gray. */
export const PHOTO_MECHANIC_COLORS: ReadonlyMap<number, LabelColor> = new Map([
  [1, 'purple'],
  [2, 'red'],
  [4, 'yellow'],
  [5, 'green'],
  [6, 'blue'],
  [7, 'blue'],
]);

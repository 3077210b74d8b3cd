/** Whether a text that a model worded anew says anything that the person did not say. Strict: what is unsure is new. */

/** Words that say nothing of a photo. */
const EMPTY = new Set(
  (
    'a an the this that these those it its is are was were be been being am do does did has have had and or but of in on at to ' +
    'for from with by as into over under than then so because since while which who what how why where there here image ' +
    'photo photograph picture shot frame aesthetic aesthetics quality person viewer we you i they he she one makes make ' +
    'making made gives give giving gave given feels feel feeling felt look looks looking overall also very more'
  ).split(' '),
);
const NEGATIONS = /\b(no|not|never|none|nothing|nor|without|hardly|lacks?|lacking|fails?|\w+n['’]t)\b/gi;

/** @param said everything that the person said of the photo, the attributes' names and the grade's word with it */
export function saysNothingNew(text: string, said: readonly string[]): boolean {
  const known = new Set(said.flatMap(stemsOf));
  const stems = stemsOf(text);
  const speaks = stems.some((stem) => !EMPTY.has(stem));
  if (!speaks || stems.some((stem) => !known.has(stem) && !EMPTY.has(stem))) return false;
  // A "not" that is lost or added turns a remark round, so their number has to stay.
  const count = (one: string) => one.match(NEGATIONS)?.length ?? 0;
  return count(text) === said.reduce((sum, one) => sum + count(one), 0);
}

function stemsOf(text: string): string[] {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu) ?? [];
  return words.map((word) => (EMPTY.has(word) ? word : word.replace(/(?:ing|edly|ed|ly|es|s|['’]s)$/, '') || word));
}

/** Several names of one photo in few bytes: as bits where names are few and mixed freely, as kept sets where sets recur. */

/** Sets of small numbers, each kept once and named by a number; 0 is the empty set. */
export class SetPool<Member> {
  readonly sets: (readonly Member[])[] = [[]];
  readonly #known = new Map<string, number>([['', 0]]);
  readonly #parse: (text: string) => Member[];

  constructor(parse: (text: string) => Member[]) {
    this.#parse = parse;
  }

  intern(text: string): number {
    let name = this.#known.get(text);
    if (name === undefined) {
      name = this.sets.push(this.#parse(text)) - 1;
      this.#known.set(text, name);
    }
    return name;
  }
}

const WORD = 32;

/** Adds to each bit's total how many slots have it: by bytes first, whose eight bits are then told apart at once. */
function countBits(word: Uint32Array, slots: Uint32Array, totals: Uint32Array): void {
  const bytes = new Uint32Array(4 * 256);
  for (let index = 0; index < slots.length; index++) {
    const bits = word[slots[index]!]!;
    bytes[bits & 255]!++;
    bytes[256 + ((bits >>> 8) & 255)]!++;
    bytes[512 + ((bits >>> 16) & 255)]!++;
    bytes[768 + (bits >>> 24)]!++;
  }
  for (let place = 0; place < WORD; place++) {
    const [from, bit] = [256 * (place >>> 3), 1 << (place & 7)];
    for (let byte = 0; byte < 256; byte++) if ((byte & bit) !== 0) totals[place]! += bytes[from + byte]!;
  }
}

/** Names of each slot, a bit for every name that ever occurred: a million photos of up to 32 names take 4 MB. */
export class TagBits {
  readonly #places = new Map<string, number>();
  #words: Uint32Array[] = [];
  #capacity = 0;

  /** Makes room for slots below `capacity`; what is there stays. */
  reserve(capacity: number): void {
    this.#words = this.#words.map((word) => {
      const grown = new Uint32Array(capacity);
      grown.set(word.subarray(0, capacity));
      return grown;
    });
    this.#capacity = capacity;
  }

  /** @param names ',' between */
  write(slot: number, names: string): void {
    for (const word of this.#words) word[slot] = 0;
    if (names === '') return;
    for (const name of names.split(',')) {
      const place = this.#placeOf(name);
      this.#words[Math.floor(place / WORD)]![slot]! |= 1 << (place % WORD);
    }
  }

  /** Whether a slot has any of these names. */
  anyOf(names: readonly string[]): (slot: number) => boolean {
    const masks = this.#words.map(() => 0);
    for (const name of names) {
      const place = this.#places.get(name);
      if (place !== undefined) masks[Math.floor(place / WORD)]! |= 1 << (place % WORD);
    }
    const asked = this.#words.map((word, index) => ({ word, mask: masks[index]! })).filter(({ mask }) => mask !== 0);
    return (slot) => asked.some(({ word, mask }) => (word[slot]! & mask) !== 0);
  }

  /** Counts the names of the slots that it is given. */
  counter(): { add(slots: Uint32Array): void; counts(): Map<string, number> } {
    const words = this.#words;
    const totals = new Uint32Array(words.length * WORD);
    return {
      add(slots) {
        for (const [index, word] of words.entries()) countBits(word, slots, totals.subarray(index * WORD));
      },
      counts: () =>
        new Map(
          [...this.#places].map(([name, place]) => [name, totals[place]!] as const).filter(([, count]) => count > 0),
        ),
    };
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(name, place);
    if (place === this.#words.length * WORD) this.#words.push(new Uint32Array(this.#capacity));
    return place;
  }
}

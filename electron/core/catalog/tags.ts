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
  counter(): { add(slot: number): void; counts(): Map<string, number> } {
    const words = this.#words;
    const totals = new Uint32Array(words.length * WORD);
    return {
      add(slot) {
        for (let index = 0; index < words.length; index++) {
          for (let bits = words[index]![slot]!; bits !== 0; bits &= bits - 1)
            totals[index * WORD + 31 - Math.clz32(bits & -bits)]!++;
        }
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

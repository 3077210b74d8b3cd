/** Counts in sentences. */
export const many = (count: number, one: string, others = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : others}`;

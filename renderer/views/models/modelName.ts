/** A path is how llama-server calls a model that was given no name: its last part is what people know. */
export function shortName(model: string): string {
  return model.split(/[\\/]/).at(-1) ?? model;
}

/** Names of what models run on, as people write them. */

const BACKENDS: Readonly<Record<string, string>> = {
  cpu: 'Processor',
  cuda: 'CUDA',
  vulkan: 'Vulkan',
  metal: 'Metal',
  remote: 'Other computers',
};

/** `cuda` → `CUDA`; what is unknown stays as the engine names it. */
export function backendText(backend: string): string {
  return BACKENDS[backend] ?? backend;
}

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const place = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The preload script as one CommonJS file: Electron's sandbox loads no other. */
export default defineConfig({
  root: place('..'),
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: place('../dist/app/electron'),
    emptyOutDir: false,
    minify: false,
    target: 'es2024',
    lib: { entry: place('../electron/preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});

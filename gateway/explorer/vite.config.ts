import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Builds the page into `dist/explorer`, complete: it asks no other server for anything. */
export default defineConfig({
  root: here('page'),
  base: '/graphiql/',
  publicDir: false,
  build: {
    outDir: here('../../dist/explorer'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { checks: { moduleLevelDirective: false } }, // "use client" means nothing here
  },
});

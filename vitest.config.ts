import { defineConfig } from 'vitest/config';
import { closingLine } from './test/closing-line.ts';

export default defineConfig({
  // two copies of graphql-js must not meet: some packages load it as CommonJS, others as ESM
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**'],
    reporters: ['default', closingLine()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

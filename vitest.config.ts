import { defineConfig } from 'vitest/config';
import { closingLine } from './test/closing-line.ts';

export default defineConfig({
  // two copies of graphql-js must not meet: some packages load it as CommonJS, others as ESM
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    reporters: ['default', closingLine()],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

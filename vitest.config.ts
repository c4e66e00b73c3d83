import { defineConfig } from 'vitest/config';
import { closingLine } from './test/closing-line.ts';

const NOT_OURS = ['**/node_modules/**', 'dist/**'];
/** It has a module of its own in place of another. */
const ALONE = 'subgraphs/unity/transport/forget.test.ts';

export default defineConfig({
  // two copies of graphql-js must not meet: some packages load it as CommonJS, others as ESM
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    globalSetup: ['test/build.ts'],
    reporters: ['default', closingLine()],
    // many wait for a vendor that does not answer
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{bench,gateway,sandbox,schema,subgraphs,upstream}/**/*.test.ts'],
          exclude: [...NOT_OURS, ALONE],
          // they share what they import: to read it anew for each takes longer than most of them run
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['{commands,store,test}/**/*.test.ts', '*.test.ts', ALONE],
          exclude: NOT_OURS,
        },
      },
    ],
  },
});

import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line: `12 passed, 0 failed, 1 skipped`. A file that cannot be loaded counts as failed. */
export const closingLine = (): Reporter => ({
  onTestRunEnd: (modules: readonly TestModule[]) => {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed')) counts.failed += 1;
      for (const test of tests) {
        const { state } = test.result();
        if (state !== 'pending') counts[state] += 1;
      }
    }
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  },
});

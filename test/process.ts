import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The built process (see build.ts), as a test started it. */
export interface Started {
  readonly process: ChildProcess;
  /** Everything printed so far. */
  readonly text: () => string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  /** What a pattern's first group found in the output, as soon as it is there. */
  printed(pattern: RegExp): Promise<string>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Starts `dist/main.js`; the environment holds no secret but those given. */
export const start = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Started => {
  const { PRACTICEGRAPH_CONTEXT_SECRET: _, PRACTICEGRAPH_CURSOR_SECRET: __, ...inherited } = process.env;
  const child = spawn(process.execPath, ['dist/main.js', ...args], { env: { ...inherited, ...environment } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]: (number | string | null)[]) => code ?? signal ?? null);
  return {
    process: child,
    text: () => text,
    ended,
    printed: async (pattern) => {
      for (;;) {
        const [, found] = pattern.exec(text) ?? [];
        if (found !== undefined) return found;
        if (child.exitCode !== null) throw new Error(`It ended: ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

import { type ChildProcess, fork } from 'node:child_process';
import type { Question, Telling, Usage } from './serve.ts';

/** A contender, or the subgraphs' server, in a process of its own. */
export interface Child {
  readonly url: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Hive and the stitched schema compile within seconds; on a busy machine it takes longer. */
const START_MS = 60_000;
const STOP_MS = 10_000;
/** What is kept of a child's complaints, to show them when it does not start. */
const MOST_COMPLAINTS = 4_000;

const PRODUCTION = { NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1', HIVE_TELEMETRY_DISABLED: '1' };

const told = <T extends Telling>(child: ChildProcess, is: (telling: Telling) => telling is T, ms: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      child.off('message', hear);
      child.off('exit', left);
    };
    const hear = (telling: Telling): void => {
      if (!is(telling)) return;
      end();
      resolve(telling);
    };
    const left = (): void => {
      end();
      reject(new Error('the process has ended'));
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`no word within ${ms / 1_000} s`));
    }, ms);
    child.on('message', hear);
    child.on('exit', left);
  });

const isUrl = (telling: Telling): telling is { readonly url: string } => 'url' in telling;
const isUsage = (telling: Telling): telling is Usage => 'rss' in telling;

/** Starts a process and waits until it answers. @throws when it does not, with its last words. */
export const startChild = async (
  file: string,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): Promise<Child> => {
  const child = fork(file, args, {
    env: { ...process.env, ...PRODUCTION },
    execArgv: [...nodeOptions],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = `${complaints}${chunk.toString('utf8')}`.slice(-MOST_COMPLAINTS);
  });
  const ask = (question: Question): void => {
    if (child.connected) child.send(question);
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    ask('stop');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  };
  try {
    const { url } = await told(child, isUrl, START_MS);
    return {
      url,
      stop,
      usage: async () => {
        ask('usage');
        return told(child, isUsage, STOP_MS);
      },
    };
  } catch (failure) {
    await stop();
    throw new Error(`${file} did not start: ${failure instanceof Error ? failure.message : ''}\n${complaints}`);
  }
};

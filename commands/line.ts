import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What a person is told when a command cannot start; nothing else is printed then. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export const refuse = (sentence: string): never => {
  throw new Refusal(sentence);
};

type ErrorClass = abstract new (...args: never[]) => Error;

/** Runs what refuses with sentences of its own, in errors of these classes. @throws Refusal with the same sentence */
export const refusing = async <T>(errors: readonly ErrorClass[], work: () => Promise<T> | T): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Error && errors.some((one) => thrown instanceof one)) return refuse(thrown.message);
    throw thrown;
  }
};

export const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

export const warn = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** The options of a command. @throws Refusal with its usage when they are not its own. */
export const optionsOf = <T extends ParseArgsConfig>(args: readonly string[], config: T, usage: string) => {
  try {
    return parseArgs({ ...config, args: [...args] });
  } catch {
    return refuse(`Unknown or incomplete option.\n\n${usage}`);
  }
};

/** A whole number, when the option is given. @throws Refusal when it is none, or out of its bounds */
export const numberOf = (option: string, text: string | undefined, least: number, most: number): number | undefined => {
  if (text === undefined) return undefined;
  const number = Number(text);
  return /^\d+$/.test(text) && number >= least && number <= most
    ? number
    : refuse(`${option} must be a number from ${least} to ${most}.`);
};

export const portOf = (text: string | undefined): number | undefined => numberOf('--port', text, 0, 65_535);

/** One of some values, the first when the option is not given. @throws Refusal for another one */
export const oneOf = <T extends string>(option: string, text: string | undefined, values: readonly [T, ...T[]]): T =>
  text === undefined
    ? values[0]
    : (values.find((value) => value === text) ?? refuse(`${option} must be ${values.join(' or ')}.`));

/** `NAME=VALUE` options, by name. @throws Refusal when one has another form or a name comes twice. */
export const pairsOf = (option: string, texts: readonly string[] = []): ReadonlyMap<string, string> => {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1 || at === text.length - 1) return refuse(`${option} must be given as NAME=VALUE.`);
    if (pairs.has(text.slice(0, at))) return refuse(`${option} names ${text.slice(0, at)} twice.`);
    pairs.set(text.slice(0, at), text.slice(at + 1));
  }
  return pairs;
};

export const listOf = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Ends the process after what has begun, on the first SIGTERM or SIGINT. */
export const stopOnSignal = (close: () => Promise<void>): void => {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    print('Stopping: answering what has begun.');
    await close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

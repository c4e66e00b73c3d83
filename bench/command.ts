/** An option of a bench that cannot be used; the message says which. */
export class OptionError extends Error {}

/** @throws OptionError unless it is a whole number from 1 to that many. */
export const count = (option: string, given: string, most: number): number => {
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new OptionError(`--${option} must be a whole number from 1 to ${most}.`);
};

/** @throws OptionError unless it is one of the list */
export const oneOf = <T extends string>(option: string, given: string, list: readonly T[]): T => {
  const found = list.find((one) => one === given);
  if (found === undefined) throw new OptionError(`--${option} must be of ${list.join(', ')}.`);
  return found;
};

/** Runs a bench with its options (`undefined`: help is asked for), or says how it is used and exits with 1. */
export const runBench = async <O>(
  usage: string,
  optionsOf: (args: string[]) => O | undefined,
  main: (options: O) => Promise<void>,
): Promise<void> => {
  try {
    const options = optionsOf(process.argv.slice(2));
    if (options === undefined) process.stdout.write(`${usage}\n`);
    else await main(options);
  } catch (failure) {
    const { code = '' } = failure as { readonly code?: string };
    if (!(failure instanceof OptionError) && !code.startsWith('ERR_PARSE_ARGS')) throw failure;
    const text = failure instanceof OptionError ? failure.message : 'An option is unknown or incomplete.';
    process.stderr.write(`${text}\n\n${usage}`);
    process.exitCode = 1;
  }
};

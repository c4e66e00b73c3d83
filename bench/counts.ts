/** An option of a bench that cannot be used; the message says which. */
export class OptionError extends Error {}

/** @throws OptionError unless it is a whole number from 1 to that many. */
export const count = (option: string, given: string, most: number): number => {
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new OptionError(`--${option} must be a whole number from 1 to ${most}.`);
};

import { registerDecorator, type ValidationArguments } from 'class-validator';

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

/**
 * A rule on one value of an input: what is not given (absent or null) passes, and of a list every item must hold. The
 * message says what is expected and never repeats the value.
 */
export const Must =
  <T>(name: string, message: string, holds: (value: T, input: object) => boolean): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      options: { message },
      validator: {
        validate: (value: unknown, args?: ValidationArguments) =>
          (Array.isArray(value) ? value : [value]).every((one) => !isGiven(one) || holds(one as T, args?.object ?? {})),
      },
    });

/** At most, and where that is asked at least, so many items. */
export const Items =
  (least: number, most: number): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name: 'items',
      target: target.constructor,
      propertyName: String(property),
      options: { message: `Must have ${least} to ${most} items.` },
      validator: {
        validate: (value: unknown) => !Array.isArray(value) || (value.length >= least && value.length <= most),
      },
    });

/** Neither control characters, which vendors' formats cannot carry, nor halves of characters. */
const isPlain = (text: string, control: RegExp): boolean => text.isWellFormed() && !control.test(text);

const CONTROL = /\p{Cc}/u;
/** Line breaks and tabs are lawful where people write sentences. */
const CONTROL_IN_LINES = /(?![\n\r\t])\p{Cc}/u;

const isText = (most: number, control: RegExp) => (text: string) =>
  text.trim().length > 0 && text.length <= most && isPlain(text, control);

/** One line of text that says something. */
export const Line = (most: number): PropertyDecorator =>
  Must('text', `Must be 1 to ${most} characters on one line, without control characters.`, isText(most, CONTROL));

/** Text of several lines that says something. */
export const Lines = (most: number): PropertyDecorator =>
  Must('text', `Must be 1 to ${most} characters, without control characters.`, isText(most, CONTROL_IN_LINES));

/** Text of one form. */
export const Form = (name: string, pattern: RegExp, expected: string): PropertyDecorator =>
  Must<string>(name, expected, (text) => pattern.test(text));

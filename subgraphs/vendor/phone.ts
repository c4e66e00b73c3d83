import { parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * A telephone number in E.164, read as a US number when it has no country code. `undefined` for what cannot be a
 * number (seven digits, words): the vendor's own text stays in `telecoms`. An extension is not part of E.164.
 */
export const toE164 = (raw: string | null | undefined): string | undefined => {
  if (raw === null || raw === undefined) return undefined;
  const parsed = parsePhoneNumberFromString(raw.trim(), 'US');
  return parsed?.isPossible() === true ? parsed.number : undefined;
};

/** The ten digits that US vendors take; for other countries the digits after the country code. */
export const toNationalDigits = (e164: string): string =>
  parsePhoneNumberFromString(e164)?.nationalNumber ?? e164.replace(/\D/g, '');

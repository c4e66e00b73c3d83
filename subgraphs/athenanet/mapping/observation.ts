import type { Period } from '../../../schema/values.ts';
import { dayPeriod, fromUsDate } from '../../vendor/time.ts';

/**
 * athenaNet has no observations by id: the key says in which patient's list, and where in it, one is found again.
 * A vital reading is `<patient>.v.<vital>`, an analyte `<patient>.l.<lab result>.<analyte>`, a result without analytes
 * `<patient>.l.<lab result>`; an analyte that occurs again in its result adds `.2`, `.3`.
 */
export const vitalKey = (patient: string, vital: string): string => `${patient}.v.${vital}`;
export const labKey = (patient: string, result: string, analyte?: string, occurrence = 1): string =>
  [patient, 'l', result, ...(analyte === undefined ? [] : [analyte]), ...(occurrence === 1 ? [] : [occurrence])].join(
    '.',
  );

const KEY = /^([1-9]\d{0,17})\.(?:(v)\.\d{1,18}|(l)(?:\.\d{1,18}){1,3})$/;

/** Whose list holds the observation, and which of the two lists; `undefined` for what is no key of ours. */
export const readKey = (key: string): { readonly patient: string; readonly kind: 'vitals' | 'labs' } | undefined => {
  const [, patient, vital] = KEY.exec(key) ?? [];
  return patient === undefined ? undefined : { patient, kind: vital === undefined ? 'labs' : 'vitals' };
};

/** The patient and the reading of a vital's key; `undefined` for any other key. */
export const vitalIn = (key: string): { readonly patient: string; readonly vital: string } | undefined => {
  const [patient, kind, vital] = key.split('.');
  return readKey(key) === undefined || patient === undefined || kind !== 'v' || vital === undefined
    ? undefined
    : { patient, vital };
};

/** A day of which no time is known. */
export const wholeDay = (raw: string | undefined, zone: string): Period | null => {
  const date = fromUsDate(raw);
  return date === undefined ? null : dayPeriod(date, zone);
};

export const moment = (instant: string): Period => ({ start: instant, end: instant });

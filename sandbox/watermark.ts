import type { Address, Coded, Coverage, Observation, Patient, Practice, Value } from './practice.ts';

/** Letters, digits and nothing that a vendor's system would take apart. */
const MARK = /^[a-z0-9]{1,12}$/i;

/** Refuses a mark that is none. */
export const checkMark = (mark: string): void => {
  if (!MARK.test(mark)) throw new RangeError('A watermark has from 1 to 12 letters and digits.');
};

type Marking = <T extends string | undefined>(text: T) => T;

/** Leaves what is absent absent. */
const each =
  (change: (text: string) => string): Marking =>
  <T extends string | undefined>(text: T): T =>
    (text === undefined ? text : change(text)) as T;

/** A phrase with the mark behind it. */
export const marked = (text: string, mark: string): string => `${text} ${mark}`;

/** The same with every present value of some fields changed. */
const over = <T extends object, K extends keyof T>(
  record: T,
  fields: readonly K[],
  change: (value: T[K]) => T[K],
): T => ({
  ...record,
  ...Object.fromEntries(fields.flatMap((name) => (record[name] === undefined ? [] : [[name, change(record[name])]]))),
});

interface Marks {
  /** A word of a name stays one word. */
  readonly word: Marking;
  readonly phrase: Marking;
  readonly email: Marking;
}

const addressWith = (address: Address, { phrase }: Marks): Address => over(address, ['line1', 'line2', 'city'], phrase);

const codedWith = (code: Coded, { phrase }: Marks): Coded => ({ ...code, display: phrase(code.display) });

const valueWith = (value: Value, marks: Marks): Value => {
  if (value.kind === 'text') return { ...value, text: marks.phrase(value.text) };
  return value.kind === 'code' ? { ...value, code: codedWith(value.code, marks) } : value;
};

const coverageWith = (coverage: Coverage, { word, phrase }: Marks): Coverage => ({
  ...over(over(coverage, ['payer'], phrase), ['memberId', 'groupNumber'], word),
  // the subscriber is `Last, First`
  ...(coverage.subscriber === undefined ? {} : { subscriber: coverage.subscriber.split(', ').map(word).join(', ') }),
});

const patientWith = (patient: Patient, marks: Marks): Patient => ({
  ...over(over(patient, ['first', 'middle', 'last', 'preferred'], marks.word), ['email'], marks.email),
  ...(patient.address === undefined ? {} : { address: addressWith(patient.address, marks) }),
  coverages: patient.coverages.map((one) => coverageWith(one, marks)),
});

const observationWith = (one: Observation, marks: Marks): Observation => {
  const stand = <T extends { readonly value?: Value }>(record: T): T =>
    record.value === undefined ? record : { ...record, value: valueWith(record.value, marks) };
  return {
    ...stand(one),
    code: codedWith(one.code, marks),
    reportName: marks.phrase(one.reportName),
    components: one.components.map((part) => ({ ...stand(part), code: codedWith(part.code, marks) })),
    history: one.history.map(stand),
  };
};

/**
 * The same practice with a mark in all free text: names, addresses, notes, payers, the names of codes. Ids, codes, dates
 * and numbers stay, so that practices with different marks have equal keys and no equal text.
 */
export const watermarked = (practice: Practice, mark: string): Practice => {
  checkMark(mark);
  const marks: Marks = {
    word: each((text) => `${text}-${mark}`),
    phrase: each((text) => marked(text, mark)),
    email: each((text) => text.replace('@', `+${mark}@`)),
  };
  const { word, phrase } = marks;
  const visitType = <T extends { readonly type: { readonly id: number; readonly name: string } }>(record: T): T => ({
    ...record,
    type: { ...record.type, name: phrase(record.type.name) },
  });
  const code = (one: Coded): Coded => codedWith(one, marks);
  return {
    ...practice,
    name: phrase(practice.name),
    practitioners: practice.practitioners.map((one) => over(one, ['first', 'middle', 'last'], word)),
    locations: practice.locations.map((one) => ({
      ...one,
      name: phrase(one.name),
      address: addressWith(one.address, marks),
    })),
    patients: practice.patients.map((one) => patientWith(one, marks)),
    appointments: practice.appointments.map((one) =>
      visitType(over(one, ['reason', 'note', 'cancellationReason'], phrase)),
    ),
    slots: practice.slots.map(visitType),
    observations: practice.observations.map((one) => observationWith(one, marks)),
    claims: practice.claims.map((one) => ({
      ...over(one, ['payer'], phrase),
      diagnoses: one.diagnoses.map(code),
      lines: one.lines.map((line) => ({ ...line, procedure: code(line.procedure) })),
    })),
  };
};

import Big from 'big.js';
import type {
  ClaimLineFields,
  CommandKind,
  Commands,
  ObservationInput,
  PatientFields,
} from '../../../schema/commands.ts';
import type { AppointmentStatus } from '../../../schema/enums.ts';
import type { FieldIssueDetail } from '../../../schema/errors.ts';
import { fold } from '../../../schema/fold.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept, Coding, ObservationValue } from '../../../schema/values.ts';
import { toDecimal } from '../decimal.ts';

/** One thing that a record must say after a write. */
export interface Expectation<T extends RecordType> {
  /** The place in the client's input. */
  readonly path: readonly string[];
  /** The GraphQL field that shows it. */
  readonly field: string;
  /** A record that says otherwise is not the one that was meant; else it is one with a flaw. */
  readonly essential: boolean;
  holds(record: Mapped<T>): boolean;
}

type Say<T extends RecordType> = (
  field: string,
  path: readonly string[],
  holds: (record: Mapped<T>) => boolean,
) => Expectation<T>;

const essential: Say<never> = (field, path, holds) => ({ field, path, holds, essential: true });
const minor: Say<never> = (field, path, holds) => ({ field, path, holds, essential: false });
const say = <T extends RecordType>() => ({ must: essential as Say<T>, should: minor as Say<T> });

const sameText = (one: string | null | undefined, other: string | null | undefined): boolean =>
  fold(one).replace(/\s+/g, ' ') === fold(other).replace(/\s+/g, ' ');
const sameInstant = (one: string | null | undefined, other: string): boolean =>
  one !== null && one !== undefined && Date.parse(one) === Date.parse(other);
export const sameNumber = (one: string | number | null | undefined, other: string | number): boolean => {
  const [left, right] = [toDecimal(one), toDecimal(other)];
  return left !== undefined && right !== undefined && new Big(left).eq(right);
};
const names = (concept: CodeableConcept | null | undefined): readonly string[] =>
  (concept?.codings ?? []).flatMap(({ code }: Coding) => code ?? []);
const tells = (concept: CodeableConcept | null | undefined, word: string): boolean =>
  names(concept).some((code) => sameText(code, word)) ||
  sameText(concept?.text, word) ||
  (concept?.codings ?? []).some(({ display }) => sameText(display, word));
const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** `en-US` is English to a vendor that keeps no regions. */
const sameLanguage = (concept: CodeableConcept | null | undefined, tag: string): boolean =>
  names(concept).some((code) => fold(code).split('-')[0] === fold(tag).split('-')[0]);

const patientSays = (fields: PatientFields): readonly Expectation<'Patient'>[] => {
  const { must, should } = say<'Patient'>();
  const { address, race } = fields;
  const at = (name: string) => ['patient', name];
  const text = (name: 'firstName' | 'lastName', kind: Say<'Patient'>) =>
    fields[name] === undefined ? [] : [kind(name, at(name), (record) => sameText(record[name], fields[name]))];
  const exact = (name: 'dateOfBirth' | 'gender', kind: Say<'Patient'>) =>
    fields[name] === undefined ? [] : [kind(name, at(name), (record) => record[name] === fields[name])];
  const contact = (name: 'phoneHome' | 'phoneMobile' | 'email') =>
    fields[name] === undefined ? [] : [should(name, at(name), (record) => sameText(record[name], fields[name]))];
  return [
    ...text('firstName', must),
    ...text('lastName', must),
    ...exact('dateOfBirth', must),
    ...exact('gender', should),
    ...Object.entries(address ?? {}).map(([part, value]) =>
      should('address', ['patient', 'address', part], ({ address: kept }) =>
        sameText(kept?.[part as keyof typeof address], value as string),
      ),
    ),
    ...contact('phoneHome'),
    ...contact('phoneMobile'),
    ...contact('email'),
    ...(fields.preferredLanguage === undefined
      ? []
      : [
          should('preferredLanguage', at('preferredLanguage'), (record) =>
            sameLanguage(record.preferredLanguage, fields.preferredLanguage ?? ''),
          ),
        ]),
    ...(race ?? []).map((code, i) =>
      should('race', ['patient', 'race', String(i)], (record) => record.race.some((one) => tells(one, code))),
    ),
    ...(fields.ethnicity === undefined
      ? []
      : [should('ethnicity', at('ethnicity'), (record) => tells(record.ethnicity, fields.ethnicity ?? ''))]),
  ];
};

/** A patient who is there, or was: vendors that tell arrived from checked in apart are few. */
const ATTENDED: readonly AppointmentStatus[] = ['ARRIVED', 'CHECKED_IN', 'FULFILLED'];

/** The states that a command leaves, and those to which the practice may have brought the visit from there. */
const STANDING: Readonly<Partial<Record<CommandKind, readonly AppointmentStatus[]>>> = {
  bookAppointment: ['BOOKED', 'PENDING', ...ATTENDED],
  rescheduleAppointment: ['BOOKED', 'PENDING', ...ATTENDED],
  cancelAppointment: ['CANCELLED'],
  checkInAppointment: ATTENDED,
  markNoShow: ['NO_SHOW'],
};

const stands = (kind: CommandKind): Expectation<'Appointment'> =>
  say<'Appointment'>().must('status', [], ({ status }) => STANDING[kind]?.includes(status) === true);

const visitSays = (
  kind: CommandKind,
  when: Partial<Commands['bookAppointment']>,
): readonly Expectation<'Appointment'>[] => {
  const { must, should } = say<'Appointment'>();
  const { patient, practitioner, location, start, minutes, type, reason, note } = when;
  return [
    stands(kind),
    ...(patient === undefined ? [] : [must('patient', ['patient'], ({ patientKey }) => patientKey === patient)]),
    ...(start === undefined ? [] : [must('start', ['start'], (record) => sameInstant(record.start, start))]),
    ...(practitioner === undefined
      ? []
      : [must('practitioner', ['practitioner'], ({ practitionerKey }) => practitionerKey === practitioner)]),
    ...(location === undefined
      ? []
      : [should('location', ['location'], ({ locationKey }) => locationKey === location)]),
    ...(minutes === undefined ? [] : [should('minutes', ['minutes'], (record) => record.minutes === minutes)]),
    ...(type === undefined ? [] : [should('type', ['type'], (record) => tells(record.type, type))]),
    ...(reason === undefined ? [] : [should('reason', ['reason'], (record) => tells(record.reason, reason))]),
    ...(note === undefined ? [] : [should('note', ['note'], (record) => sameText(record.note, note))]),
  ];
};

/** What was observed, of the panel's part with this code where the vendor keeps the result in a panel. */
const valueFor = ({ code, value, components }: Mapped<'Observation'>, wanted: string) =>
  tells(code, wanted) ? value : components.find((one) => tells(one.code, wanted))?.value;

const sameValue = (value: ObservationValue | null | undefined, input: ObservationInput): boolean => {
  if (value === null || value === undefined) return false;
  switch (value.__typename) {
    case 'Quantity':
      if ('integer' in input) return sameNumber(value.value, input.integer);
      return 'quantity' in input && value.comparator == null && sameNumber(value.value, input.quantity.value);
    case 'IntegerValue':
      if ('quantity' in input) return sameNumber(value.integer, input.quantity.value);
      return 'integer' in input && value.integer === input.integer;
    case 'CodeableConcept':
      return ('code' in input && tells(value, input.code)) || ('text' in input && sameText(value.text, input.text));
    case 'TextValue':
      return sameText(value.text, textOf(input));
    case 'BooleanValue':
      return 'boolean' in input && value.boolean === input.boolean;
    case 'DateTimeValue':
      return 'dateTime' in input && sameInstant(value.dateTime, input.dateTime);
    default:
      return false;
  }
};

/** How a vendor that keeps only text would write it. */
const textOf = (input: ObservationInput): string => {
  if ('quantity' in input) return [input.quantity.value, input.quantity.unit].filter(Boolean).join(' ');
  return String(Object.values(input)[0]);
};

const sameUnit = (value: ObservationValue | null | undefined, input: ObservationInput): boolean => {
  if (!('quantity' in input) || value?.__typename !== 'Quantity') return true;
  const wanted = [input.quantity.code, input.quantity.unit].filter((one) => one !== undefined);
  return wanted.length === 0 || wanted.some((one) => sameText(value.code, one) || sameText(value.unit, one));
};

/** A vendor may keep less than the second at which something was measured. */
const sameMoment = (one: string | null | undefined, other: string): boolean =>
  one != null && Math.abs(Date.parse(one) - Date.parse(other)) < 60_000;

const observationSays = (input: Commands['recordObservation']): readonly Expectation<'Observation'>[] => {
  const { must, should } = say<'Observation'>();
  const { patient, code, category, value, effective, status } = input;
  const withdrawn = status === 'ENTERED_IN_ERROR';
  return [
    must('patient', ['patient'], ({ patientKey }) => patientKey === patient),
    must('code', ['code'], (record) =>
      [record.code, ...record.components.map((one) => one.code)].some((one) => tells(one, code)),
    ),
    ...(withdrawn
      ? [must('status', ['status'], (record) => record.status === 'ENTERED_IN_ERROR')]
      : [
          must('value', ['value'], (record) => sameValue(valueFor(record, code), value)),
          must('effective', ['effective'], (record) => sameMoment(record.effective?.start, effective)),
          should('value', ['value', 'quantity', 'unit'], (record) => sameUnit(valueFor(record, code), value)),
          should('status', ['status'], (record) => record.status === status),
        ]),
    ...(category === undefined
      ? []
      : [should('categories', ['category'], (record) => record.categories.some((one) => tells(one, category)))]),
  ];
};

const lineSays = (line: ClaimLineFields, i: number): readonly Expectation<'Claim'>[] => {
  const { must, should } = say<'Claim'>();
  const at = (name: string) => ['lines', String(i), name];
  const kept = ({ lines }: Mapped<'Claim'>) => lines[i];
  return [
    must('lines', at('procedure'), (record) => tells(kept(record)?.procedure, line.procedure)),
    must('lines', at('charge'), (record) => sameNumber(kept(record)?.charge?.value, line.charge)),
    must('lines', at('serviceDate'), (record) => kept(record)?.serviceDate === line.serviceDate),
    should('lines', at('units'), (record) => sameNumber(kept(record)?.units, line.units)),
    should('lines', at('modifiers'), (record) =>
      line.modifiers.every((code) => kept(record)?.modifiers.some((one) => sameText(one.code, code)) === true),
    ),
    should(
      'lines',
      at('diagnosisPointers'),
      (record) => JSON.stringify(kept(record)?.diagnosisPointers) === JSON.stringify(line.diagnosisPointers),
    ),
  ];
};

const claimSays = (input: Commands['submitClaim']): readonly Expectation<'Claim'>[] => {
  const { must, should } = say<'Claim'>();
  const { patient, practitioner, appointment, diagnoses, lines, payer } = input;
  return [
    must('patient', ['patient'], ({ patientKey }) => patientKey === patient),
    must('lines', ['lines'], (record) => record.lines.length === lines.length),
    ...lines.flatMap(lineSays),
    ...diagnoses.map((code, i) =>
      must('diagnoses', ['diagnoses', String(i)], (record) => record.diagnoses.some((one) => sameDiagnosis(one, code))),
    ),
    should('practitioner', ['practitioner'], ({ practitionerKey }) => practitionerKey === practitioner),
    ...(appointment === undefined
      ? []
      : [should('appointment', ['appointment'], ({ appointmentKey }) => appointmentKey === appointment)]),
    ...(payer === undefined ? [] : [should('payer', ['payer'], (record) => sameText(record.payer, payer))]),
  ];
};

/** ICD-10 with and without its point is the same code. */
const sameDiagnosis = (concept: CodeableConcept, code: string): boolean =>
  names(concept).some((one) => fold(one).replace('.', '') === fold(code).replace('.', ''));

type Says = { readonly [K in CommandKind]?: (input: Commands[K]) => readonly Expectation<never>[] };

const SAYS: Says = {
  createPatient: ({ patient }) => patientSays(patient) as readonly Expectation<never>[],
  updatePatient: ({ patient, clear }) =>
    [
      ...patientSays(patient),
      ...clear.map((name) => minor(name, ['clear'], (record) => isEmpty((record as Record<string, unknown>)[name]))),
    ] as readonly Expectation<never>[],
  bookAppointment: (input) => visitSays('bookAppointment', input) as readonly Expectation<never>[],
  rescheduleAppointment: (input) => visitSays('rescheduleAppointment', input) as readonly Expectation<never>[],
  cancelAppointment: () => [stands('cancelAppointment')] as readonly Expectation<never>[],
  checkInAppointment: () => [stands('checkInAppointment')] as readonly Expectation<never>[],
  markNoShow: () => [stands('markNoShow')] as readonly Expectation<never>[],
  recordObservation: (input) => observationSays(input) as readonly Expectation<never>[],
  submitClaim: (input) => claimSays(input) as readonly Expectation<never>[],
};

/** What a record must say once this command is carried out; empty where no record shows it. */
export const expectations = <K extends CommandKind>(kind: K, input: Commands[K]): readonly Expectation<RecordType>[] =>
  (SAYS[kind]?.(input) ?? []) as readonly Expectation<RecordType>[];

export interface Differences {
  readonly essential: readonly FieldIssueDetail[];
  readonly minor: readonly FieldIssueDetail[];
}

const issueOf = ({ path }: Expectation<RecordType>): FieldIssueDetail => ({
  path,
  rule: 'kept',
  message: 'The vendor keeps something else than was sent.',
});

/** `lines.units` for any line, `address.country`: how a vendor's folder names a part of a field. */
const partOf = ({ path }: Expectation<RecordType>): string => {
  const names = path.filter((step) => !/^\d+$/.test(step));
  return (names[0] === 'patient' && names.length > 1 ? names.slice(1) : names).join('.');
};

/** What a record says otherwise than was meant; `skipped` names what this vendor does not show or keep. */
export const differences = (
  expected: readonly Expectation<RecordType>[],
  record: Mapped<RecordType>,
  skipped: ReadonlySet<string> = new Set(),
): Differences => {
  const wrong = expected.filter(
    (one) => !skipped.has(one.field) && !skipped.has(partOf(one)) && !one.holds(record as never),
  );
  return {
    essential: wrong.filter((one) => one.essential).map(issueOf),
    minor: wrong.filter((one) => !one.essential).map(issueOf),
  };
};

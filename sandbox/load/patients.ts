import type { Coded, Coverage, Patient, Sex } from '../practice.ts';
import { addressOf, tenDigits } from './contact.ts';
import { type Context, codedOf, given, look, type Row, wordsOf } from './context.ts';
import type { CoverageShape, Name, PatientShape } from './shapes.ts';
import { day, instant } from './time.ts';

const SEX: Readonly<Record<string, Sex>> = { male: 'M', female: 'F', other: 'O', unknown: 'U' };
const MARITAL: ReadonlySet<string> = new Set(['D', 'M', 'S', 'U', 'W']);
const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';
const NAME_USES = ['official', 'usual', undefined, 'nickname', 'temp', 'anonymous', 'old', 'maiden'];
const RELATIONSHIPS: Readonly<Record<string, Coverage['relationship']>> = {
  self: 'self',
  spouse: 'spouse',
  child: 'child',
};

export const sexOf = (gender: string | undefined): Sex | undefined => (gender === undefined ? undefined : SEX[gender]);

/** The name to use now. */
export const usualName = (names: readonly Name[]): Name | undefined =>
  [...names].sort((one, other) => NAME_USES.indexOf(one.use) - NAME_USES.indexOf(other.use))[0];

/** First, middle and last; a name that is one text only becomes the last one, since nobody says where it divides. */
export const partsOf = (name: Name | undefined) => {
  const [first = '', ...middle] = name?.given ?? [];
  const [suffix] = name?.suffix ?? [];
  return {
    first,
    ...given('middle', middle.length > 0 ? middle.join(' ') : undefined),
    last: name?.family ?? (first === '' ? (name?.text ?? '') : ''),
    ...given('suffix', suffix),
  };
};

const usCore = ({ extension }: PatientShape, name: string): Coded[] =>
  extension
    .filter(({ url }) => url === `${US_CORE}/${name}`)
    .flatMap((whole) => whole.extension)
    .flatMap(({ valueCoding }) => codedOf(valueCoding && { coding: [valueCoding] }) ?? []);

const recordNumber = ({ identifier }: PatientShape): string | undefined =>
  identifier.find(({ type }) => type?.coding.some(({ code }) => code === 'MR'))?.value ?? identifier[0]?.value;

const phones = ({ telecom }: PatientShape, { tally }: Context) => {
  const found = new Map<string, string>();
  for (const { system, value, use = 'home' } of telecom) {
    if (system !== 'phone' || value === undefined || use === 'old') continue;
    const digits = tenDigits(value);
    if (digits === undefined || found.has(use))
      tally.note('phone numbers stay in FHIR only: not ten digits, or a second one of its use');
    else found.set(use, digits);
  }
  return {
    ...given('homePhone', found.get('home')),
    ...given('mobilePhone', found.get('mobile')),
    ...given('workPhone', found.get('work')),
  };
};

const deceased = ({ deceasedBoolean, deceasedDateTime }: PatientShape, zone: string): string | true | undefined => {
  if (deceasedDateTime !== undefined) return day(deceasedDateTime, zone) ?? true;
  return deceasedBoolean === true ? true : undefined;
};

/** Whoever pays by a coverage, in the words of the files. */
export const payerName = ({ payor, type }: CoverageShape): string | undefined =>
  payor.map(({ display }) => display).find((name) => name !== undefined) ?? wordsOf(type);

/** What one Coverage says in the Practice; undefined for one that does not hold or says of nobody that he pays. */
const coverageOf = (row: CoverageShape, { zone, tally }: Context): Coverage | undefined => {
  const payer = payerName(row);
  if (payer === undefined || row.status === 'cancelled' || row.status === 'entered-in-error') return undefined;
  const relation = row.relationship?.coding[0]?.code;
  if (relation === undefined) tally.note('coverages do not say whose insurance it is: taken as the own one');
  const start = day(row.period?.start, zone);
  const end = day(row.period?.end, zone);
  const group = row.class.find(({ type }) => type.coding.some(({ code }) => code === 'group'))?.value;
  return {
    payer,
    ...given('memberId', row.subscriberId),
    ...given('groupNumber', group),
    ...given('subscriber', row.subscriber?.display),
    relationship: relation === undefined ? 'self' : (look(RELATIONSHIPS, relation) ?? 'other'),
    ...given('start', start),
    ...given('end', end),
  };
};

/** Coverages by the number of the patient. */
export const coveragesOf = (rows: readonly Row<CoverageShape>[], context: Context): ReadonlyMap<number, Coverage[]> => {
  const byPatient = new Map<number, Coverage[]>();
  for (const { value } of rows) {
    const patient = context.ids.find(value.beneficiary, 'Patient');
    const coverage = coverageOf(value, context);
    if (patient === undefined) context.tally.omitted('Coverage', 'is for nobody in the files');
    else if (coverage === undefined) context.tally.omitted('Coverage', 'does not hold, or names no payer');
    else {
      byPatient.set(patient, [...(byPatient.get(patient) ?? []), coverage]);
      context.tally.kept('Coverage');
    }
  }
  return byPatient;
};

/** A patient; what the systems have one place for takes the value to use now. */
export const patientOf = (
  { id, value }: Row<PatientShape>,
  number: number,
  related: { readonly coverages: readonly Coverage[]; readonly locationId: number | undefined },
  context: Context,
): Patient => {
  const marital = value.maritalStatus?.coding[0]?.code;
  const spoken = value.communication.find(({ preferred }) => preferred === true) ?? value.communication[0];
  const [address] = value.address.filter(({ use }) => use !== 'old');
  if (value.name.length > 1)
    context.tally.note('patients have further names, such as the maiden name: those stay in FHIR only');
  const [general] = value.generalPractitioner.flatMap((one) => context.ids.find(one, 'Practitioner') ?? []);
  const email = value.telecom.find(({ system, use }) => system === 'email' && use !== 'old')?.value;
  return {
    id: number,
    mrn: recordNumber(value) ?? id,
    ...partsOf(usualName(value.name)),
    ...given('birthDate', value.birthDate),
    ...given('sex', sexOf(value.gender)),
    ...given('maritalStatus', MARITAL.has(marital ?? '') ? (marital as Patient['maritalStatus']) : undefined),
    ...given('deceased', deceased(value, context.zone)),
    ...given('address', address && addressOf(address)),
    ...phones(value, context),
    ...given('email', email),
    ...given('language', codedOf(spoken?.language)),
    race: usCore(value, 'us-core-race'),
    ...given('ethnicity', usCore(value, 'us-core-ethnicity')[0]),
    ...given('practitionerId', general),
    ...given('locationId', related.locationId),
    coverages: related.coverages,
    changedAt: instant(value.meta?.lastUpdated) ?? context.now,
  };
};

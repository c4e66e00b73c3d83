/** What is read of each type of record, each field always in the same way. */
const CONCEPT = '{ codings { system code display } text }';
const MONEY = '{ value currency }';
const ADDRESS = '{ use line1 line2 city state postalCode country }';
const VALUE = `{
  __typename
  ... on Quantity { value comparator unit system code }
  ... on CodeableConcept ${CONCEPT}
  ... on TextValue { words: text }
  ... on AbsentValue { reason ${CONCEPT} }
}`;
const RECORD = '{ __typename id }';

const FIELDS = {
  Patient: {
    externalId: '',
    source: RECORD,
    identifiers: `{ system value type ${CONCEPT} }`,
    names: '{ use prefix given family suffix text }',
    firstName: '',
    lastName: '',
    dateOfBirth: '',
    gender: '',
    deceased: '',
    address: ADDRESS,
    addresses: ADDRESS,
    telecoms: '{ system value use rank }',
    phoneHome: '',
    phoneMobile: '',
    email: '',
    preferredLanguage: CONCEPT,
    race: CONCEPT,
    ethnicity: CONCEPT,
    coverages: '{ payer memberId groupNumber subscriber relationship period { start end } }',
  },
  Appointment: {
    externalId: '',
    source: RECORD,
    patient: RECORD,
    practitioner: RECORD,
    location: RECORD,
    type: CONCEPT,
    start: '',
    end: '',
    minutes: '',
    status: '',
    vendorStatus: '',
    reason: CONCEPT,
    note: '',
  },
  Observation: {
    externalId: '',
    patient: RECORD,
    status: '',
    vendorStatus: '',
    categories: CONCEPT,
    code: CONCEPT,
    effective: '{ start end }',
    issued: '',
    value: VALUE,
    components: `{ code ${CONCEPT} value ${VALUE} }`,
    interpretations: CONCEPT,
    referenceRange: '',
  },
  Claim: {
    externalId: '',
    patient: RECORD,
    practitioner: RECORD,
    appointment: RECORD,
    status: '',
    vendorStatus: '',
    payer: '',
    servicePeriod: '{ start end }',
    diagnoses: CONCEPT,
    lines: `{ sequence procedure ${CONCEPT} modifiers { code } diagnosisPointers units charge ${MONEY} serviceDate }`,
    totalCharge: MONEY,
    totalPaid: MONEY,
    patientResponsibility: MONEY,
  },
  Practitioner: { externalId: '', npi: '', name: '{ given family suffix }' },
  Location: { externalId: '', name: '', timeZone: '' },
  Source: { name: '', vendor: '', timeZone: '' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type RecordName = keyof typeof FIELDS;

/** The type of the graph behind a vendor's own. */
export const nameOf = (typename: string): RecordName | undefined => {
  const name = typename.replace(/^(Unity|Athena|Fhir)/, '');
  return Object.hasOwn(FIELDS, name) ? (name as RecordName) : undefined;
};

export const isField = (name: RecordName, field: string): boolean => Object.hasOwn(FIELDS[name], field);

const META = 'meta { versionId lastUpdated unsupportedFields fetchedAt freshness }';
const WITHOUT_META: ReadonlySet<RecordName> = new Set(['Practitioner', 'Location', 'Source']);

/** A selection of a record with some of its fields, or with all of them. */
export const record = (name: RecordName, only?: readonly string[]): string => {
  const fields = Object.entries<string>(FIELDS[name])
    .filter(([field]) => only?.includes(field) ?? true)
    .map(([field, selection]) => `${field} ${selection}`);
  return `__typename id ${WITHOUT_META.has(name) ? '' : META} ${fields.join(' ')}`;
};

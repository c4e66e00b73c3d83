import type { ChangedType } from '../../schema/changes.ts';
import type { WrittenType } from '../../schema/commands.ts';
import type { Capability, CapabilityLevel } from '../../schema/enums.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { TypeCapability } from '../vendor/connector.ts';
import type { Profile } from './rules.ts';
import type { Standing, Writable, WriteRules } from './writes/rules.ts';

type Level = readonly [level: CapabilityLevel, note?: string];

const NATIVE: Level = ['NATIVE'];
const absent = ({ name }: Profile): Level => ['UNSUPPORTED', `${name} does not offer this.`];

const patientSearch = ({ patients }: Profile): Level =>
  patients.sets.every((set) => set.length === 1) && patients.minimal !== true ? NATIVE : ['NATIVE', patients.wants];

const appointmentSearch = (profile: Profile): Level => {
  const rules = profile.appointments;
  if (rules === undefined) return absent(profile);
  if (rules.search === 'none') return ['UNSUPPORTED', `${profile.name} lists appointments only by patient.`];
  return rules.search === 'any' ? NATIVE : ['NATIVE', `${profile.name} wants practitioners or locations.`];
};

const observationSearch = ({ name, observations }: Profile): Level =>
  observations.categories === undefined
    ? NATIVE
    : ['EMULATED', `${name} wants a category or codes: without them one call is made for each usual category.`];

const claimSearch = (profile: Profile): Level =>
  profile.claims.search
    ? ['EMULATED', 'FHIR has no search by day of service: claims are read by patient or filing date and chosen here.']
    : absent(profile);

const practitionerSearch = (profile: Profile): Level =>
  profile.practitioners === undefined
    ? ['UNSUPPORTED', `${profile.name} lists practitioners only by name or number.`]
    : NATIVE;

const locationSearch = (profile: Profile): Level =>
  profile.locations === undefined ? ['UNSUPPORTED', `${profile.name} lists locations only by name or kind.`] : NATIVE;

const slots = (profile: Profile): Level => {
  const rules = profile.slots;
  if (rules === undefined) return absent(profile);
  if (rules.needsType) return ['NATIVE', `${profile.name} wants the type of visit.`];
  return ['EMULATED', 'Free slots of the time asked for are read; people and places are chosen here.'];
};

const SEARCHES: { readonly [T in Exclude<RecordType, 'Slot'>]: (profile: Profile) => Level } = {
  Patient: patientSearch,
  Appointment: appointmentSearch,
  Observation: observationSearch,
  Claim: claimSearch,
  Practitioner: practitionerSearch,
  Location: locationSearch,
};

const changesTold = ({ changes }: Profile, type: ChangedType): Level =>
  changes.types.includes(type)
    ? ['NATIVE', 'Asked for again and again. Deletions are not told.']
    : ['UNSUPPORTED', changes.why];

type Row = { readonly type: RecordType | 'Document'; readonly capability: Capability };

const row = (type: Row['type'], capability: Capability, [level, note]: Level): TypeCapability => ({
  type,
  capability,
  level,
  ...(note === undefined ? {} : { note }),
});

type Offered = (rules: WriteRules) => boolean;
const creates =
  (type: Writable): Offered =>
  (rules) =>
    rules.creates.includes(type);
const changes =
  (type: Writable): Offered =>
  (rules) =>
    rules.changes[type] !== undefined;
const brings =
  (standing: Standing): Offered =>
  (rules) =>
    rules.changes.Appointment !== undefined && rules.standings.includes(standing);

const WRITES: readonly (readonly [type: WrittenType, capability: Capability, offered: Offered])[] = [
  ['Patient', 'CREATE', creates('Patient')],
  ['Patient', 'UPDATE', changes('Patient')],
  ['Appointment', 'CREATE', creates('Appointment')],
  ['Appointment', 'RESCHEDULE', changes('Appointment')],
  ['Appointment', 'CANCEL', brings('cancelled')],
  ['Appointment', 'CHECK_IN', brings('checked-in')],
  ['Appointment', 'NO_SHOW', brings('noshow')],
  ['Observation', 'CREATE', creates('Observation')],
  ['Observation', 'UPDATE', changes('Observation')],
  ['Claim', 'CREATE', creates('Claim')],
  ['Document', 'CREATE', creates('DocumentReference')],
];

const writeLevel = ({ name, writes }: Profile, type: WrittenType, capability: Capability, offered: boolean): Level => {
  const note = writes.notes[`${type} ${capability}`];
  if (offered) return note === undefined ? NATIVE : ['NATIVE', note];
  return ['UNSUPPORTED', note ?? `${name} declares no such write.`];
};

/** What can be done at a server of this profile. */
export const capabilitiesOf = (profile: Profile): readonly TypeCapability[] => [
  ...(['Patient', 'Appointment', 'Observation', 'Claim', 'Practitioner', 'Location'] as const).flatMap((type) => [
    row(type, 'READ', profile.reads.includes(type) ? NATIVE : absent(profile)),
    row(type, 'SEARCH', SEARCHES[type](profile)),
  ]),
  row('Slot', 'READ', profile.reads.includes('Slot') ? NATIVE : absent(profile)),
  row('Slot', 'SLOTS', slots(profile)),
  ...(['Patient', 'Appointment', 'Observation', 'Claim'] as const).map((type) =>
    row(type, 'CHANGES', changesTold(profile, type)),
  ),
  ...WRITES.map(([type, capability, offered]) =>
    row(type, capability, writeLevel(profile, type, capability, offered(profile.writes))),
  ),
];

/** Is this write offered at a server of this profile? */
export const offers = (profile: Profile, type: WrittenType, capability: Capability): boolean =>
  WRITES.some(([ofType, named, offered]) => ofType === type && named === capability && offered(profile.writes));

/** R4 keeps a correction's id, and its claims name encounters. */
export const unsupportedFieldsOf = (profile: Profile): Readonly<Partial<Record<RecordType, readonly string[]>>> => ({
  Observation: ['supersedes'],
  Claim: [
    'appointment',
    ...(profile.claims.outcome === 'none' ? ['totalPaid', 'patientResponsibility', 'adjudications'] : []),
  ],
});

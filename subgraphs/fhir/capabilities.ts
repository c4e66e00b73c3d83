import type { Capability, CapabilityLevel } from '../../schema/enums.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { TypeCapability } from '../vendor/connector.ts';
import type { Profile } from './rules.ts';

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

const row = (type: RecordType, capability: Capability, [level, note]: Level): TypeCapability => ({
  type,
  capability,
  level,
  ...(note === undefined ? {} : { note }),
});

const READ_ONLY: Level = ['UNSUPPORTED', 'This connection reads only.'];
const WRITES = [
  ['Patient', 'CREATE'],
  ['Patient', 'UPDATE'],
  ['Appointment', 'CREATE'],
  ['Appointment', 'CANCEL'],
  ['Appointment', 'RESCHEDULE'],
  ['Appointment', 'CHECK_IN'],
  ['Observation', 'CREATE'],
  ['Claim', 'CREATE'],
] as const;

/** What can be done at a server of this profile. */
export const capabilitiesOf = (profile: Profile): readonly TypeCapability[] => [
  ...(['Patient', 'Appointment', 'Observation', 'Claim', 'Practitioner', 'Location'] as const).flatMap((type) => [
    row(type, 'READ', profile.reads.includes(type) ? NATIVE : absent(profile)),
    row(type, 'SEARCH', SEARCHES[type](profile)),
  ]),
  row('Slot', 'READ', profile.reads.includes('Slot') ? NATIVE : absent(profile)),
  row('Slot', 'SLOTS', slots(profile)),
  ...WRITES.map(([type, capability]) => row(type, capability, READ_ONLY)),
];

/** R4 keeps a correction's id, and its claims name encounters. */
export const unsupportedFieldsOf = (profile: Profile): Readonly<Partial<Record<RecordType, readonly string[]>>> => ({
  Observation: ['supersedes'],
  Claim: [
    'appointment',
    ...(profile.claims.outcome === 'none' ? ['totalPaid', 'patientResponsibility', 'adjudications'] : []),
  ],
});

import type { Mapped } from '../../../schema/records.ts';
import { isTimeZone } from '../../vendor/time.ts';
import type { FhirExtension } from '../elements.ts';
import type { Resource } from '../payload.ts';
import { toTarget } from '../reference.ts';
import type { MappingContext } from './context.ts';
import { findExtension, toConcepts, toIdentity, toMoment } from './datatypes.ts';
import { toIdentifiers, toNpi } from './identifier.ts';
import { chooseName, toAddress, toName, toTelecoms } from './person.ts';

const TIME_ZONE_EXTENSIONS = [
  'http://hl7.org/fhir/StructureDefinition/timezone',
  'http://hl7.org/fhir/StructureDefinition/tz-code',
] as const;

export const toPractitioner = (
  practitioner: Resource<'Practitioner'>,
  context: MappingContext,
): Mapped<'Practitioner'> => {
  const name = chooseName(practitioner.name, context);
  return {
    ...toIdentity(practitioner),
    npi: toNpi(practitioner.identifier) ?? null,
    name: name === undefined ? null : toName(name),
    own: {
      active: practitioner.active ?? null,
      identifiers: toIdentifiers(practitioner.identifier, context),
      telecoms: toTelecoms(practitioner.telecom),
      qualifications: toConcepts(practitioner.qualification.flatMap(({ code }) => code ?? [])),
    },
  };
};

export const toLocation = (location: Resource<'Location'>, { zone }: MappingContext): Mapped<'Location'> => ({
  ...toIdentity(location),
  name: location.name ?? null,
  timeZone: zoneOf(location.extension) ?? zone,
  own: {
    status: location.status ?? null,
    address: location.address === undefined ? null : toAddress(location.address),
    telecoms: toTelecoms(location.telecom),
    managingOrganization: location.managingOrganization?.display ?? null,
  },
});

const zoneOf = (extensions: readonly FhirExtension[]): string | undefined =>
  TIME_ZONE_EXTENSIONS.map((url) => findExtension(extensions, url))
    .map((extension) => extension?.valueCode ?? extension?.valueString)
    .find((zone) => zone !== undefined && isTimeZone(zone));

/** The schedule that a slot is of, when it is one of this server. */
export const scheduleOf = ({ schedule }: Resource<'Slot'>, { base }: MappingContext): string | undefined => {
  const target = toTarget(schedule?.reference, base);
  return target?.type === 'Schedule' ? target.id : undefined;
};

/** Who and where a schedule is of. */
export const actorOf = (
  type: 'Practitioner' | 'Location',
  schedule: Resource<'Schedule'> | undefined,
  { base }: MappingContext,
): string | undefined =>
  schedule?.actor.map(({ reference }) => toTarget(reference, base)).find((target) => target?.type === type)?.id;

/** `undefined` for a slot that does not say from when to when it lasts: it cannot be booked. */
export const toSlot = (
  slot: Resource<'Slot'>,
  schedule: Resource<'Schedule'> | undefined,
  context: MappingContext,
): Mapped<'Slot'> | undefined => {
  const start = toMoment(slot.start, context.zone);
  const end = toMoment(slot.end, context.zone);
  if (start === undefined || end === undefined) return undefined;
  return {
    ...toIdentity(slot),
    practitionerKey: actorOf('Practitioner', schedule, context) ?? null,
    locationKey: actorOf('Location', schedule, context) ?? null,
    start,
    end,
    types: typesOf(slot, schedule),
    own: {
      status: slot.status ?? null,
      overbooked: slot.overbooked ?? null,
      comment: slot.comment ?? null,
    },
  };
};

const typesOf = (slot: Resource<'Slot'>, schedule: Resource<'Schedule'> | undefined) => {
  const own = toConcepts([...slot.serviceType, ...(slot.appointmentType === undefined ? [] : [slot.appointmentType])]);
  return own.length > 0 ? own : toConcepts(schedule?.serviceType ?? []);
};

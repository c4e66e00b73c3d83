import { registerEnumType } from 'type-graphql';

/** A GraphQL enum whose members are their own names, as a const object and a type. */
export const members = <const T extends string>(...names: readonly T[]): { readonly [K in T]: K } =>
  Object.fromEntries(names.map((name) => [name, name])) as { [K in T]: K };

export const Vendor = members(
  'ALLSCRIPTS_PROFESSIONAL',
  'ALLSCRIPTS_TOUCHWORKS',
  'ALLSCRIPTS_SUNRISE',
  'ATHENAHEALTH',
  'CERNER',
  'DRCHRONO',
  'ECLINICALWORKS',
  'EPIC',
  'GENERIC_FHIR',
  'KAREO',
  'MEDITECH',
  'NEXTGEN',
  'PRACTICE_FUSION',
);
export type Vendor = keyof typeof Vendor;

export const Gender = members('MALE', 'FEMALE', 'OTHER', 'UNKNOWN');
export type Gender = keyof typeof Gender;

export const AppointmentStatus = members(
  'PROPOSED',
  'PENDING',
  'BOOKED',
  'ARRIVED',
  'CHECKED_IN',
  'FULFILLED',
  'CANCELLED',
  'NO_SHOW',
  'WAITLIST',
  'ENTERED_IN_ERROR',
  'UNMAPPED',
);
export type AppointmentStatus = keyof typeof AppointmentStatus;

export const ObservationStatus = members(
  'REGISTERED',
  'PRELIMINARY',
  'FINAL',
  'AMENDED',
  'CORRECTED',
  'CANCELLED',
  'ENTERED_IN_ERROR',
  'UNKNOWN',
  'UNMAPPED',
);
export type ObservationStatus = keyof typeof ObservationStatus;

export const ClaimStatus = members(
  'DRAFT',
  'QUEUED',
  'SUBMITTED',
  'ACCEPTED',
  'REJECTED',
  'DENIED',
  'PARTIALLY_PAID',
  'PAID',
  'CANCELLED',
  'UNMAPPED',
);
export type ClaimStatus = keyof typeof ClaimStatus;

export const Freshness = members('LIVE', 'CACHED', 'STALE');
export type Freshness = keyof typeof Freshness;

export const Capability = members(
  'READ',
  'SEARCH',
  'CREATE',
  'UPDATE',
  'CANCEL',
  'RESCHEDULE',
  'CHECK_IN',
  'NO_SHOW',
  'CHANGES',
  'SLOTS',
);
export type Capability = keyof typeof Capability;

export const CapabilityLevel = members('NATIVE', 'EMULATED', 'UNSUPPORTED');
export type CapabilityLevel = keyof typeof CapabilityLevel;

export const WriteState = members('QUEUED', 'IN_FLIGHT', 'CONFIRMED', 'REJECTED', 'IN_DOUBT', 'DEAD', 'DISCARDED');
export type WriteState = keyof typeof WriteState;

export const ErrorCode = members(
  'VALIDATION',
  'NOT_FOUND',
  'FORBIDDEN',
  'SLOT_TAKEN',
  'ILLEGAL_TRANSITION',
  'VERSION_CONFLICT',
  'POSSIBLE_DUPLICATE',
  'UNSUPPORTED_BY_VENDOR',
  'VENDOR_REJECTED',
  'RATE_LIMITED',
  'SOURCE_UNAVAILABLE',
  'TIMEOUT',
  'IDEMPOTENCY_MISMATCH',
  'BAD_VENDOR_ANSWER',
  'UNAUTHENTICATED_AT_VENDOR',
);
export type ErrorCode = keyof typeof ErrorCode;

registerEnumType(Vendor, { name: 'Vendor', description: 'The system behind a source.' });
registerEnumType(Gender, {
  name: 'Gender',
  description: 'Administrative gender. Absent means not recorded; UNKNOWN means the vendor says unknown.',
});
registerEnumType(AppointmentStatus, {
  name: 'AppointmentStatus',
  description: 'Where an appointment stands. UNMAPPED: see `vendorStatus`.',
});
registerEnumType(ObservationStatus, {
  name: 'ObservationStatus',
  description: 'The state of a result, as FHIR names it. UNMAPPED: see `vendorStatus`.',
});
registerEnumType(ClaimStatus, {
  name: 'ClaimStatus',
  description: 'Where a claim stands. UNMAPPED: see `vendorStatus`.',
});
registerEnumType(Freshness, {
  name: 'Freshness',
  description:
    'LIVE: fetched for this request. CACHED: fetched earlier and still valid. STALE: the vendor failed, an older answer is shown.',
});
registerEnumType(Capability, { name: 'Capability', description: 'What can be done with records of a type.' });
registerEnumType(CapabilityLevel, {
  name: 'CapabilityLevel',
  description:
    'NATIVE: the vendor does it. EMULATED: it is built from other calls, see `note`. UNSUPPORTED: it is refused.',
});
registerEnumType(WriteState, {
  name: 'WriteState',
  description:
    'QUEUED: not sent yet. IN_FLIGHT: sent, or perhaps sent. CONFIRMED: the vendor has it, exactly once. REJECTED: the vendor does not have it, and will not as it is. IN_DOUBT: only a person can tell whether the vendor has it. DEAD: it could not be sent for too long. DISCARDED: it was given up, or only rehearsed.',
});
registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'Why something failed; also `extensions.code` of every error.',
});

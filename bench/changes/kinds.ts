import type { Changes } from '../../sandbox/change.ts';
import type { Claim, Observation } from '../../sandbox/practice.ts';

export const TYPES = ['Patient', 'Appointment', 'Observation', 'Claim'] as const;
export type Type = (typeof TYPES)[number];

export const VENDORS = ['unity', 'athenanet', 'fhir'] as const;
export type Vendor = (typeof VENDORS)[number];

/** Those who tell of changes themselves, when they are asked to. */
export const TELLING = ['athenanet', 'fhir'] as const satisfies readonly Vendor[];

/** The simulators' sources. */
export const SOURCE: Readonly<Record<Vendor, string>> = { unity: 'lakeside', athenanet: 'springfield', fhir: 'mercy' };

/** A record's n-th version since the bench began; 0 is what it was at first. */
export interface Version {
  /** `<source>/<Type>/<number at the practice>` */
  readonly record: string;
  readonly version: number;
}

/** A record as the graph shows it, whatever its type. */
export interface Shown {
  readonly id: string;
  readonly phoneMobile?: string | null;
  readonly minutes?: number | null;
  readonly start?: string | null;
  readonly value?: { readonly value?: string } | null;
  readonly status?: string;
  readonly patientResponsibility?: { readonly value: string } | null;
  readonly patient?: { readonly id: string } | null;
}

/** What of each type is asked for: the field that holds its version, and whose it is. */
export const SELECTION: Readonly<Record<Type, string>> = {
  Patient: 'id phoneMobile',
  Appointment: 'id minutes status start patient { id }',
  Observation: 'id status value { ... on Quantity { value } } patient { id }',
  Claim: 'id status patientResponsibility { value } patient { id }',
};

/** An area that nobody of the sandbox calls from. */
const AREA = '989';
const LOCAL = 2_000_000;
/** No visit of the sandbox is so long. */
const LONG = 100;
/** No measurement of the sandbox is so large; a result's number stands in its value, since not every vendor tells it. */
const LARGE = 1_000_000;
const VERSIONS = 1_000;
/** What becomes of an athenaNet claim, of which a client can change nothing else. */
const WALK = ['submitted', 'queued', 'accepted', 'paid'] as const satisfies readonly Claim['status'][];

/** The most versions that a record of each type can have. */
export const MOST: Readonly<Record<Type, number>> = {
  Patient: 900_000,
  Appointment: 1_000,
  Observation: VERSIONS - 1,
  Claim: WALK.length - 1,
};

const numbered = (id: number, version: number): number => (LARGE + id) * VERSIONS + version;

export const patientAt = (version: number): Changes['Patient'] => ({ mobilePhone: `${AREA}${LOCAL + version}` });
export const visitAt = (version: number): Changes['Appointment'] => ({ minutes: LONG + version });
export const valueAt = (id: number, version: number, value: Observation['value']): Observation['value'] =>
  value?.kind === 'quantity' ? { ...value, value: String(numbered(id, version)) } : value;
/** A FHIR server tells what the patient owes once a payer has decided. */
export const claimAt = (vendor: Vendor, id: number, version: number): Changes['Claim'] =>
  vendor === 'fhir'
    ? { status: 'paid', patientResponsibility: `${numbered(id, version)}.00` }
    : { status: WALK[version] ?? 'paid' };

/** May a claim be changed by the bench? It begins where the walk does. */
export const isClaimInPlay = ({ status }: Pick<Claim, 'status'>): boolean => status === WALK[0];

export const typeOf = (id: string): Type | undefined => TYPES.find((type) => id.split('/')[1] === type);

const named = (id: string, number: string | number): string => {
  const [source = '', type = ''] = id.split('/');
  return `${source}/${type}/${number}`;
};
/** Vendors write numbers as they are or behind a word: `appt-7`. */
const byId = (id: string): string => named(id, /\d+$/.exec(id)?.[0] ?? '');

/** The number and version that a number tells; undefined for one that the bench did not write. */
const told = (text: string | undefined): { readonly id: number; readonly version: number } | undefined => {
  const number = Math.floor(Number(text));
  if (!(number >= LARGE * VERSIONS)) return undefined;
  return { id: Math.floor(number / VERSIONS) - LARGE, version: number % VERSIONS };
};

const READ: Readonly<Record<Type, (shown: Shown) => Version | undefined>> = {
  Patient: ({ id, phoneMobile }) => {
    const [, local] = new RegExp(`${AREA}(\\d{7})$`).exec(phoneMobile?.replaceAll(/\D/g, '') ?? '') ?? [];
    return { record: byId(id), version: local === undefined ? 0 : Number(local) - LOCAL };
  },
  Appointment: ({ id, minutes }) => ({ record: byId(id), version: Math.max(0, (minutes ?? 0) - LONG) }),
  Observation: ({ id, value }) => {
    const found = told(value?.value);
    return found && { record: named(id, found.id), version: found.version };
  },
  Claim: ({ id, status, patientResponsibility }) => {
    const walked = WALK.findIndex((word) => word.toUpperCase() === status);
    const version = told(patientResponsibility?.value)?.version ?? Math.max(0, walked);
    return { record: byId(id), version };
  },
};

/** Which version of which record is shown; undefined for a result that the bench never wrote. */
export const versionOf = (shown: Shown): Version | undefined => {
  const type = typeOf(shown.id);
  return type === undefined ? undefined : READ[type](shown);
};

export const vendorOf = (record: string): Vendor | undefined =>
  VENDORS.find((vendor) => record.startsWith(`${SOURCE[vendor]}/`));

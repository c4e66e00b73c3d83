import type { PlannedCall } from '../../../schema/commands.ts';
import type { FieldIssueDetail } from '../../../schema/errors.ts';
import { validationFailed } from '../../../schema/errors.ts';
import { currentId } from '../merges.ts';
import { isId } from '../reference.ts';
import type { Service } from '../service.ts';
import { numbered, WRITE_SYSTEM } from './create.ts';
import type { Step } from './patch.ts';
import type { Writable } from './rules.ts';

const MASK = '***';

/** Names of elements that are of nobody, wherever they stand. */
const NAMES: ReadonlySet<string> = new Set(
  'resourceType status use system contentType currency sequence focal preferred url required'.split(' '),
);
/** Elements that are of nobody, with everything in them. */
const ELEMENTS: readonly string[] = [
  'category',
  'code',
  'type',
  'serviceType',
  'appointmentType',
  'cancelationReason.coding',
  'slot',
  'start',
  'end',
  'minutesDuration',
  'effectiveDateTime',
  'valueQuantity.unit',
  'valueQuantity.code',
  'priority',
  'created',
  'date',
  'item.productOrService',
  'item.modifier',
  'item.diagnosisSequence',
  'item.quantity',
  'item.servicedDate',
];

const isShown = (path: string): boolean => {
  const plain = path.replace(/\[\d+\]/g, '');
  return (
    NAMES.has(plain.split('.').at(-1) ?? '') || ELEMENTS.some((one) => plain === one || plain.startsWith(`${one}.`))
  );
};

/** Places are no persons. */
const PLACE = /^(?:Location|Slot)\//;

const shownValue = (path: string, value: unknown): string => {
  const text = String(value);
  if (isShown(path)) return text;
  if (!path.endsWith('reference')) return MASK;
  return PLACE.test(text) ? text : text.replace(/\/.*/, `/${MASK}`);
};

/** Every value of a document with its place, people's masked. */
export const fieldsOf = (value: unknown, path = ''): PlannedCall['fields'] => {
  if (Array.isArray(value)) return value.flatMap((item, i) => fieldsOf(item, `${path}[${i}]`));
  // a number with its digits is an object, too
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, path === '' ? name : `${path}.${name}`));
  return value === undefined ? [] : [{ name: path, value: shownValue(path, value) }];
};

/** The creation of a resource, as it would be sent. */
export const plannedCreate = (service: Service, type: Writable, resource: object): PlannedCall => ({
  vendorCall: `POST ${type}`,
  fields: [
    ...(service.profile.writes.numbered === 'found'
      ? [{ name: 'If-None-Exist', value: `identifier=${WRITE_SYSTEM}|${MASK}` }]
      : []),
    ...fieldsOf(numbered(service, resource, MASK)),
  ],
});

/** A change: what it is based on is read first. `fields`: what would be in place of what is there. */
export const plannedChange = (
  service: Service,
  type: Writable,
  fields: PlannedCall['fields'],
): readonly PlannedCall[] => {
  const method = service.profile.writes.changes[type] === 'put' ? 'PUT' : 'PATCH';
  return [
    { vendorCall: `GET ${type}/{id}`, fields: [] },
    { vendorCall: `${method} ${type}/{id}`, fields: [{ name: 'If-Match', value: MASK }, ...fields] },
  ];
};

/** Steps of a patch as fields: `replace /status`. */
export const fieldsOfSteps = (steps: readonly Step[]): PlannedCall['fields'] =>
  steps.flatMap((step) => {
    const name = step.path.slice(1);
    if (step.op === 'remove') return [{ name: `remove ${step.path}`, value: '' }];
    return fieldsOf(step.value, name).map((field) => ({
      name: `${step.op} /${field.name}`,
      value: field.value,
    }));
  });

/** Keys go into addresses and references: what no server can have as an id is refused here. */
export const checkKeys = (keys: Readonly<Record<string, string | undefined>>): readonly FieldIssueDetail[] =>
  Object.entries(keys).flatMap(([name, key]) =>
    key === undefined || isId(key) ? [] : [{ path: [name], rule: 'id', message: 'Is no id of this vendor.' }],
  );

/** @throws GraphError VALIDATION when there is an issue */
export const refuse = (issues: readonly FieldIssueDetail[]): void => {
  if (issues.length > 0) throw validationFailed(issues);
};

/**
 * A patient who went on under another id is given nothing new under the old one: it would not read back as it was meant.
 * Not for plans, which must say the same at every attempt.
 * @throws GraphError VALIDATION when the merge is known
 */
export const refuseMerged = (service: Service, patient: string): void => {
  if (currentId(service, patient) !== patient)
    refuse([{ path: ['patient'], rule: 'merged', message: 'Was merged into another patient: see `replacedBy`.' }]);
};

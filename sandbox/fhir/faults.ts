import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import type { Reply } from '../server.ts';

export type ProfileName = 'generic' | 'epic' | 'cerner';

interface Row {
  readonly status: number;
  /** FHIR issue-type. */
  readonly code: OperationOutcomeIssue['code'];
  readonly text: string;
  /** Number in Epic's error registry, and the status where Epic's differs. */
  readonly epic?: string;
  readonly epicStatus?: number;
  readonly expression?: string;
}

/** Where in a resource something is wrong. */
export interface Issue {
  readonly fault: Fault;
  /** FHIRPath: `Patient.name[0].family`. */
  readonly expression?: string;
}

/** Every refusal and warning of this server. Texts are fixed: nothing of a request is repeated in them. */
const FAULTS = {
  'no-token': { status: 401, code: 'login', text: 'A valid access token is required' },
  'no-scope': { status: 403, code: 'forbidden', text: 'The granted scope does not cover this request', epic: '4118' },
  'unknown-path': { status: 404, code: 'not-found', text: 'Nothing is served at this address' },
  'unknown-type': { status: 404, code: 'not-supported', text: 'This resource type is not served' },
  'not-found': { status: 404, code: 'not-found', text: 'No such resource', epic: '4102' },
  gone: { status: 410, code: 'deleted', text: 'The resource was deleted', epic: '4103' },
  merged: { status: 301, code: 'deleted', text: 'The patient was merged into another', epic: '4107' },
  method: { status: 405, code: 'not-supported', text: 'This interaction is not supported' },
  'not-acceptable': { status: 406, code: 'not-supported', text: 'Only JSON is served' },
  'media-type': { status: 415, code: 'not-supported', text: 'The content type of the body is not supported' },
  'bad-body': { status: 400, code: 'structure', text: 'The body could not be read' },
  'unknown-parameter': { status: 400, code: 'not-supported', text: 'A search parameter is not supported' },
  'bad-value': { status: 400, code: 'value', text: 'A search parameter has an invalid value', epic: '59111' },
  'bad-modifier': { status: 400, code: 'not-supported', text: 'A modifier is not supported', epic: '4100' },
  'page-expired': { status: 410, code: 'expired', text: 'The page has expired', epic: '4113', epicStatus: 400 },
  'no-parameters': { status: 400, code: 'required', text: 'No supported search parameters provided', epic: '4110' },
  'parameter-missing': { status: 400, code: 'required', text: 'A required parameter is missing', epic: '4111' },
  'category-or-code': {
    status: 400,
    code: 'required',
    text: 'Either category or code parameter must be specified',
    epic: '59108',
    expression: 'category/code',
  },
  'category-invalid': { status: 400, code: 'value', text: 'The category is not known', epic: '59111' },
  'two-patients': { status: 400, code: 'business-rule', text: 'Only one patient may be asked for', epic: '4112' },
  combination: { status: 400, code: 'business-rule', text: 'These parameters cannot be combined', epic: '4112' },
  repeated: { status: 400, code: 'business-rule', text: 'A parameter may be given only once' },
  'date-form': { status: 400, code: 'value', text: 'The date parameters do not form a supported range' },
  'too-many-patients': {
    status: 422,
    code: 'too-costly',
    text: 'more than 1000 patients qualify',
    epic: '4127',
    epicStatus: 400,
  },
  'element-missing': { status: 422, code: 'required', text: 'A required element is missing', epic: '59108' },
  'element-invalid': { status: 422, code: 'value', text: 'An element has an invalid value', epic: '59111' },
  'element-unknown': { status: 422, code: 'structure', text: 'There is no such element' },
  'element-unsupported': { status: 422, code: 'business-rule', text: 'The element is not supported' },
  'code-unknown': {
    status: 422,
    code: 'code-invalid',
    text: 'The code is not in the required value set',
    epic: '59111',
  },
  invariant: { status: 422, code: 'invariant', text: 'A rule of the resource is broken' },
  reference: { status: 422, code: 'not-found', text: 'A referenced resource does not exist' },
  modifier: { status: 422, code: 'extension', text: 'Modifier extensions are not supported' },
  'topic-unknown': { status: 422, code: 'not-found', text: 'The topic is not known' },
  criteria: { status: 422, code: 'value', text: 'The criteria are no search of this server' },
  'too-many': { status: 422, code: 'too-costly', text: 'There are too many of these' },
  'implicit-rules': { status: 422, code: 'not-supported', text: 'Implicit rules are not supported' },
  'wrong-type': { status: 400, code: 'invalid', text: 'The resource is of another type than the address' },
  'wrong-id': { status: 400, code: 'invalid', text: 'The id of the resource is not that of the address' },
  'not-there': { status: 405, code: 'not-supported', text: 'Clients do not give ids to new resources' },
  'patch-broken': { status: 400, code: 'structure', text: 'The body is no JSON Patch' },
  'patch-failed': { status: 422, code: 'processing', text: 'The patch cannot be applied to the resource' },
  'patch-unsupported': { status: 422, code: 'business-rule', text: 'This element cannot be patched' },
  'version-missing': { status: 412, code: 'required', text: 'If-Match is required' },
  'version-broken': { status: 400, code: 'value', text: 'If-Match is not the tag of a version' },
  'version-differs': { status: 412, code: 'conflict', text: 'The resource has another version by now' },
  'version-stale': { status: 409, code: 'conflict', text: 'The resource has another version by now' },
  'several-match': { status: 412, code: 'multiple-matches', text: 'Several resources match the condition' },
  'condition-broken': { status: 400, code: 'invalid', text: 'The condition cannot be searched for' },
  'status-move': { status: 422, code: 'business-rule', text: 'The status cannot change to this one' },
  'not-now': { status: 422, code: 'business-rule', text: 'The record can no longer change in this way' },
  immutable: { status: 422, code: 'business-rule', text: 'This element does not change' },
  'time-taken': { status: 409, code: 'conflict', text: 'The time is taken' },
  'slot-rule': { status: 422, code: 'business-rule', text: 'The slot is taken' },
  'slot-unknown': { status: 424, code: 'processing', text: 'The slot does not exist' },
  'being-edited': { status: 423, code: 'lock-error', text: 'Somebody is editing the record' },
  'not-mapped': { status: 400, code: 'not-supported', text: 'The code has no flowsheet row', epic: '59187' },
  duplicate: { status: 400, code: 'duplicate', text: 'The same result is there already', epic: '59141' },
  'no-results': { status: 200, code: 'processing', text: 'Nothing was found', epic: '4101' },
  'parameter-ignored': { status: 200, code: 'not-supported', text: 'A parameter was ignored', epic: '4122' },
} as const satisfies Record<string, Row>;

export type Fault = keyof typeof FAULTS;

/** Epic's own sentences (fhir.epic.com/Specifications, error registry). */
const EPIC: Readonly<Record<string, string>> = {
  '4100': 'The resource request contained an invalid parameter.',
  '4101': 'Resource request returns no results.',
  '4102': 'The read resource request contained an invalid ID.',
  '4103': 'The resource requested has been deleted.',
  '4107': 'The read resource request has been merged.',
  '4110': 'No parameters are provided in the search request.',
  '4111': 'Required search parameter missing from request.',
  '4112': 'The resource request contained an invalid combination of parameters.',
  '4113': 'Session ID for cached search results has expired.',
  '4118': 'User not authorized for request.',
  '4122': 'An unknown query parameter was supplied by the client.',
  '4127': 'Additional data may exist.',
  '59108': 'Required element missing',
  '59111': 'Required element invalid',
  '59141': 'Duplicate resource.',
  '59187': 'Required build is missing.',
};
const EPIC_SYSTEM = 'urn:oid:1.2.840.114350.1.13.0.1.7.2.657369';

/** A request that this server refuses. */
export class Refused extends Error {
  readonly fault: Fault;
  readonly headers: Readonly<Record<string, string>>;
  readonly issues: readonly Issue[];

  constructor(fault: Fault, headers: Readonly<Record<string, string>> = {}, issues: readonly Issue[] = [{ fault }]) {
    super(FAULTS[fault].text);
    this.fault = fault;
    this.headers = headers;
    this.issues = issues;
  }
}

/** Refuses a resource for what is wrong at one place of it. */
export const wrongAt = (fault: Fault, expression: string): Refused => new Refused(fault, {}, [{ fault, expression }]);

/** The fault as this vendor words it: Epic by number, Oracle in `diagnostics`, others in `details.text`. */
export const issueOf = (profile: ProfileName, { fault, expression: at }: Issue): OperationOutcomeIssue => {
  const row: Row = FAULTS[fault];
  const place = at ?? (profile === 'epic' ? row.expression : undefined);
  const expression = place === undefined ? {} : { expression: [place] };
  const warning = row.status === 200;
  if (profile === 'epic' && row.epic !== undefined) {
    const text = EPIC[row.epic] ?? row.text;
    return {
      severity: warning ? 'warning' : 'fatal',
      code: row.code,
      details: { coding: [{ system: EPIC_SYSTEM, code: row.epic, display: text }], text },
      ...(place === undefined ? {} : { diagnostics: row.text, ...expression }),
    };
  }
  const severity = warning ? 'warning' : 'error';
  return profile === 'cerner'
    ? { severity, code: row.code, diagnostics: row.text, ...expression }
    : { severity, code: row.code, details: { text: row.text }, ...expression };
};

export const outcomeOf = (profile: ProfileName, issues: readonly Issue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: issues.map((issue) => issueOf(profile, issue)),
});

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** The refusal as an HTTP answer. Oracle answers 406 with an empty body (fhir.cerner.com, general conventions). */
export const refusal = (profile: ProfileName, refused: Refused): Reply => {
  const row: Row = FAULTS[refused.fault];
  if (profile === 'cerner' && row.status === 406) return { status: 406, body: '' };
  return {
    status: profile === 'epic' ? (row.epicStatus ?? row.status) : row.status,
    headers: { 'content-type': FHIR_JSON, ...refused.headers },
    body: JSON.stringify(outcomeOf(profile, refused.issues)),
  };
};

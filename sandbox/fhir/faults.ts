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
};
const EPIC_SYSTEM = 'urn:oid:1.2.840.114350.1.13.0.1.7.2.657369';

/** A request that this server refuses. */
export class Refused extends Error {
  readonly fault: Fault;
  readonly headers: Readonly<Record<string, string>>;

  constructor(fault: Fault, headers: Readonly<Record<string, string>> = {}) {
    super(FAULTS[fault].text);
    this.fault = fault;
    this.headers = headers;
  }
}

/** The fault as this vendor words it: Epic by number, Oracle in `diagnostics`, others in `details.text`. */
export const issueOf = (profile: ProfileName, fault: Fault): OperationOutcomeIssue => {
  const row: Row = FAULTS[fault];
  const warning = row.status === 200;
  if (profile === 'epic' && row.epic !== undefined) {
    const text = EPIC[row.epic] ?? row.text;
    return {
      severity: warning ? 'warning' : 'fatal',
      code: row.code,
      details: { coding: [{ system: EPIC_SYSTEM, code: row.epic, display: text }], text },
      ...(row.expression === undefined ? {} : { diagnostics: row.text, expression: [row.expression] }),
    };
  }
  const severity = warning ? 'warning' : 'error';
  return profile === 'cerner'
    ? { severity, code: row.code, diagnostics: row.text }
    : { severity, code: row.code, details: { text: row.text } };
};

export const outcomeOf = (profile: ProfileName, faults: readonly Fault[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: faults.map((fault) => issueOf(profile, fault)),
});

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** The refusal as an HTTP answer. Oracle answers 406 with an empty body (fhir.cerner.com, general conventions). */
export const refusal = (profile: ProfileName, refused: Refused): Reply => {
  const row: Row = FAULTS[refused.fault];
  if (profile === 'cerner' && row.status === 406) return { status: 406, body: '' };
  return {
    status: profile === 'epic' ? (row.epicStatus ?? row.status) : row.status,
    headers: { 'content-type': FHIR_JSON, ...refused.headers },
    body: JSON.stringify(outcomeOf(profile, [refused.fault])),
  };
};

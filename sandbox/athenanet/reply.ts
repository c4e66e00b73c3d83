import type { Reply } from '../server.ts';

/** The way back for everything that is not answered: thrown by a handler, sent by the simulator. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super('refused');
    this.reply = reply;
  }
}

/** Error bodies may echo what the caller sent; beyond ASCII it is escaped, because the header promises ISO 8859-1. */
const ascii = (body: unknown): string =>
  JSON.stringify(body).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** Errors of the application behind the gateway: JSON, but labelled as HTML. [public: awell, dotnet] */
const application = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=iso-8859-1' },
  body: ascii(body),
});

export const missingFields = (fields: readonly string[]): Refusal =>
  new Refusal(application(400, { missingfields: fields, error: 'Additional fields are required.' }));

export const badFormat = (format: string, value: string): Refusal =>
  new Refusal(
    application(400, {
      detailedmessage: `Expecting format ${format}, but value is ${value}`,
      error: 'The data provided is invalid.',
    }),
  );

/** A value in the right format that cannot be; the sentence is [assumption]. */
export const invalid = (detail: string): Refusal =>
  new Refusal(application(400, { detailedmessage: detail, error: 'The data provided is invalid.' }));

/** What a person else took or ended meanwhile. [assumption: status, sentences and label] */
const conflict = (error: string, detail: string): Refusal => new Refusal(json(409, { error, detailedmessage: detail }));

export const slotTaken = (): Refusal =>
  conflict('The appointment is not available for booking.', 'The appointment is not in an open status.');

export const notBooked = (): Refusal =>
  conflict('The appointment is not available for this change.', 'The appointment is not in a booked status.');

export const tooManyRecords = (): Refusal =>
  new Refusal(
    application(400, {
      error:
        'The given search parameters would produce a total data set larger than 1000 records.  ' +
        'Please refine your search and try again.',
    }),
  );

const NOT_IN_DEPARTMENT = 'The specified patient does not exist in that department.';

export const notInDepartment = (): Refusal =>
  new Refusal(application(400, { detailedmessage: NOT_IN_DEPARTMENT, error: NOT_IN_DEPARTMENT }));

/** The sentences for patients and appointments are public; the others follow them. [assumption] */
const ABSENT = {
  patient: 'This patient does not exist in this context.',
  appointment: 'The appointment is not available.',
  department: 'The department is not available.',
  provider: 'The provider is not available.',
  appointmenttype: 'The appointment type is not available.',
  claim: 'The claim is not available.',
  encounter: 'The encounter is not available.',
  document: 'The document is not available.',
  note: 'The note is not available.',
  vital: 'The vital is not available.',
} as const;

export const notFound = (what: keyof typeof ABSENT): Refusal => new Refusal(application(404, { error: ABSENT[what] }));

/** Plain text under a JSON label. [public: apievangelist] */
export const unrouted = (): Reply => ({
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: 'Service not registered with API gateway.',
});

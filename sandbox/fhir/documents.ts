import type { Binary, DocumentReference } from '@medplum/fhirtypes';
import type * as Records from '../practice.ts';
import { coded, ID, identifiersOf, optional } from './names.ts';

/** How a document's bytes are served: with the reference, or as a resource of their own that the reference points to. */
export type Attached = 'inline' | 'binary';

const attachment = (document: Records.Document, attached: Attached) => ({
  contentType: document.contentType,
  ...(attached === 'inline' ? { data: document.content } : { url: `Binary/${ID.binary(document.id)}` }),
  size: Buffer.byteLength(document.content, 'base64'),
  ...optional('title', document.title, String),
});

export const documentResource = (document: Records.Document, attached: Attached): DocumentReference => ({
  resourceType: 'DocumentReference',
  id: ID.document(document.id),
  ...identifiersOf([], document),
  status: 'current',
  type: document.code === undefined ? { text: document.type } : { ...coded(document.code), text: document.type },
  subject: { reference: `Patient/${ID.patient(document.patientId)}` },
  date: document.date ?? document.savedAt,
  ...optional('author', document.practitionerId, (id) => [{ reference: `Practitioner/${ID.practitioner(id)}` }]),
  ...optional('description', document.description, String),
  content: [{ attachment: attachment(document, attached) }],
  ...optional('context', document.appointmentId, (id) => ({
    encounter: [{ reference: `Encounter/${ID.encounter(id)}` }],
  })),
});

export const binaryResource = ({ id, contentType, content }: Records.Document): Binary => ({
  resourceType: 'Binary',
  id: ID.binary(id),
  contentType,
  data: content,
});

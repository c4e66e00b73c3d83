import { chartPatient } from './chart.ts';
import { documentNumber } from './identity.ts';
import { badFormat, invalid, missingFields, notFound } from './reply.ts';
import type { Call, Route } from './router.ts';

const CLASSES = ['ADMIN', 'CLINICALDOCUMENT', 'MEDICALRECORD'] as const;
type DocumentClass = (typeof CLASSES)[number];

/** [assumption for all words but PDF] */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  PDF: 'application/pdf',
  TXT: 'text/plain',
  XML: 'application/xml',
  HTML: 'text/html',
  JPG: 'image/jpeg',
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  GIF: 'image/gif',
  TIF: 'image/tiff',
  TIFF: 'image/tiff',
};
const UNKNOWN_TYPE = 'application/octet-stream';
/** [public: limits-note] */
const LARGEST_BYTES = 20 * 1024 * 1024;

/** A subclass begins with its class: `ADMIN_CONSENT`. [assumption] */
const classOf = (subclass: string): DocumentClass => {
  const found = CLASSES.find((name) => subclass === name || subclass.startsWith(`${name}_`));
  if (found === undefined || !/^[A-Z0-9_]+$/.test(subclass)) throw invalid('Invalid DOCUMENTSUBCLASS input');
  return found;
};

const contentOf = ({ sent }: Call): string => {
  sent.require('attachmentcontents');
  const content = (sent.text('attachmentcontents') ?? '').replace(/[\r\n]/g, '');
  if (content.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(content)) throw badFormat('base64', 'other text');
  if (Buffer.byteLength(content, 'base64') > LARGEST_BYTES) throw invalid('The attachment is larger than 20 MB.');
  return content;
};

const contentTypeOf = ({ sent }: Call): string => {
  const word = sent.text('attachmenttype');
  if (word === undefined) return UNKNOWN_TYPE;
  const name = word.toUpperCase();
  const known = Object.hasOwn(CONTENT_TYPES, name) ? CONTENT_TYPES[name] : undefined;
  if (known === undefined) throw badFormat('attachment type', word);
  return known;
};

/** The patient, and the department that a call names itself or by an appointment of the patient. */
const placeOf = (call: Call) => {
  const { world, sent, id } = call;
  if (sent.id('departmentid') !== undefined)
    return { patientId: chartPatient(call).id, departmentId: sent.id('departmentid') };
  const appointment = sent.id('appointmentid');
  if (appointment === undefined) throw missingFields(['departmentid', 'appointmentid']);
  const patient = world.patient(id('patientid'));
  if (patient === undefined) throw notFound('patient');
  const visit = world.appointment(appointment);
  if (visit?.patientId !== patient.id) throw invalid('Invalid APPOINTMENTID input');
  return { patientId: patient.id, departmentId: visit.locationId, appointmentId: visit.id };
};

/** Base64 inside a form, or a file of a multipart form; gives the document's number. */
const save = (call: Call, usual?: DocumentClass): number => {
  const { world, sent, ledger, name } = call;
  if (usual === undefined) sent.require('documentsubclass');
  const subclass = sent.text('documentsubclass') ?? usual ?? '';
  const documentClass = classOf(subclass);
  if (usual !== undefined && documentClass !== usual) throw invalid('Invalid DOCUMENTSUBCLASS input');
  const { departmentId, ...place } = placeOf(call);
  const [title, contentType, content] = [sent.text('internalnote'), contentTypeOf(call), contentOf(call)];
  const document = ledger.saveDocument(name, {
    ...place,
    type: subclass,
    contentType,
    content,
    ...(title !== undefined && { title }),
  });
  world.extras.setDocument(document.id, { documentClass, departmentId });
  return documentNumber(document.id);
};

/** The number is text here, and a number where the class is in the path. [public: laravel, go; `adminid`: assumption] */
export const documentWriteRoutes: readonly Route[] = [
  {
    method: 'POST',
    files: true,
    path: '/patients/{patientid}/documents',
    handle: (call) => ({ documentid: String(save(call)) }),
  },
  {
    method: 'POST',
    files: true,
    path: '/patients/{patientid}/documents/clinicaldocument',
    handle: (call) => ({ success: true, clinicaldocumentid: save(call, 'CLINICALDOCUMENT') }),
  },
  {
    method: 'POST',
    files: true,
    path: '/patients/{patientid}/documents/admin',
    handle: (call) => ({ success: true, adminid: save(call, 'ADMIN') }),
  },
];

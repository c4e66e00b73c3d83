import { isBase64 } from '../base64.ts';
import type { Appointment } from '../practice.ts';
import { type Spec, table } from './dataset.ts';
import { documentTypes } from './dictionaries.ts';
import { storeDocument } from './documents.ts';
import type { Action } from './magic.ts';
import { given, minutesOf, named, type Sent, save } from './save-appointment.ts';
import type { World } from './world.ts';
import { demand, fieldsOf, known, writing } from './writing.ts';

/*
 * The two writes that the seed guide names. Its requests are the guide's; what they answer is an assumption.
 */

/** The guide's named values, in the order of the request. */
type Named = readonly (readonly [string, string])[];

const GUIDED: ReadonlySet<string> = new Set([
  ...['AppointmentID', 'PatientID', 'ProviderID', 'AppointmentDate', 'AppointmentTime', 'Duration', 'ReasonCode'],
]);

/** The guide names neither place nor kind. */
const fromGuide = (world: World, values: Named): Sent => {
  const fields = fieldsOf(values, GUIDED);
  return {
    id: fields.text('AppointmentID').trim(),
    patient: fields.text('PatientID').trim(),
    practitionerId: named(fields, 'ProviderID', world.practice.practitioners, ({ id }) => id)?.id,
    locationId: undefined,
    type: undefined,
    date: given(fields, 'AppointmentDate'),
    time: given(fields, 'AppointmentTime'),
    minutes: minutesOf(fields),
    comment: fields.sent('ReasonCode'),
  };
};

const GUIDE_SAVED: Spec<Appointment> = { AppointmentID: ({ id }) => String(id), Status: () => 'Success' };

/** SaveAppointment with the guide's six named values, and AppointmentID to change one (assumption). */
export const saveGuidedAppointment = (values: Named): Action['run'] =>
  writing((work) => [table(work.world, GUIDE_SAVED, [save(work, fromGuide(work.world, values), false)])]);

const DOCUMENT: ReadonlySet<string> = new Set(['PatientID', 'DocumentType', 'DocumentContent']);

/** By the first bytes: the guide does not say what a document is. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['%PDF-', 'application/pdf'],
  ['\u0089PNG', 'image/png'],
  ['\u00ff\u00d8\u00ff', 'image/jpeg'],
  ['II*\u0000', 'image/tiff'],
  ['MM\u0000*', 'image/tiff'],
];

const contentTypeOf = (content: string): string => {
  const start = Buffer.from(content.slice(0, 16), 'base64').toString('latin1');
  return SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1] ?? 'text/plain';
};

const DOCUMENT_SAVED: Spec<number> = { DocumentID: (id) => String(id), Status: () => 'Success' };

/** SaveClinicalDocument with the guide's three named values; type and content are as in the sample, a code and base64. */
export const saveGuidedDocument = (values: Named): Action['run'] =>
  writing((work) => {
    const fields = fieldsOf(values, DOCUMENT);
    const content = fields.need('DocumentContent').replace(/\s/g, '');
    demand(isBase64(content), 'DocumentContent is not valid.');
    const type = fields.need('DocumentType').trim();
    demand(documentTypes('touchworks').includes(type), 'DocumentType is not valid.');
    const id = storeDocument(work, {
      patient: known(work.world.patient(fields.need('PatientID').trim()), 'PatientID'),
      type,
      contentType: contentTypeOf(content),
      content,
    });
    return [table(work.world, DOCUMENT_SAVED, [id])];
  });

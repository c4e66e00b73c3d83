import type { DocumentReference } from '@medplum/fhirtypes';
import { isBase64 } from '../../base64.ts';
import type { Draft } from '../../ledger.ts';
import { wrongAt } from '../faults.ts';
import { codeFrom, identifiersFrom, neededNumber, numberOf, wordsOf } from './elements.ts';

/**
 * A document in the practice's words. Its bytes have to come with it; one attachment only, `current` only. Hash, size,
 * category and format are dropped.
 */
export const documentFrom = (document: DocumentReference): Draft['Document'] => {
  const [content, more] = document.content;
  if (content === undefined) throw wrongAt('element-missing', 'DocumentReference.content');
  if (more !== undefined) throw wrongAt('element-unsupported', 'DocumentReference.content');
  if (document.status !== 'current') throw wrongAt('status-move', 'DocumentReference.status');
  const { contentType, data, title } = content.attachment;
  const place = 'DocumentReference.content[0].attachment';
  if (contentType === undefined) throw wrongAt('element-missing', `${place}.contentType`);
  if (data === undefined) throw wrongAt('element-missing', `${place}.data`);
  if (!isBase64(data)) throw wrongAt('element-invalid', `${place}.data`);
  const type = wordsOf(document.type);
  if (type === undefined) throw wrongAt('element-missing', 'DocumentReference.type');
  return {
    ...identifiersFrom(document.identifier),
    patientId: neededNumber(document.subject, 'Patient', 'DocumentReference.subject'),
    practitionerId: document.author
      ?.map((reference) => numberOf(reference, 'Practitioner'))
      .find((id) => id !== undefined),
    appointmentId: numberOf(document.context?.encounter?.[0], 'Encounter'),
    type,
    code: codeFrom(document.type),
    title,
    description: document.description,
    contentType,
    content: data,
    date: document.date,
  };
};

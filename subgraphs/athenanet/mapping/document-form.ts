import type { Commands } from '../../../schema/commands.ts';
import { type FieldIssueDetail, validationFailed } from '../../../schema/errors.ts';
import type { Form } from './form.ts';

type Saved = Commands['saveDocument'];

/** athenaNet's words for what an attachment is. */
const ATTACHMENT: Readonly<Record<string, string>> = {
  'application/pdf': 'PDF',
  'image/jpeg': 'JPG',
  'image/png': 'PNG',
  'image/tiff': 'TIF',
  'image/gif': 'GIF',
  'text/plain': 'TXT',
  'text/html': 'HTML',
  'application/xml': 'XML',
  'text/xml': 'XML',
};

export const CLINICAL = 'CLINICALDOCUMENT';
/** Kinds of documents by LOINC that are no clinical ones to athenaNet. */
const SUBCLASS: Readonly<Record<string, string>> = { '59284-0': 'ADMIN_CONSENT' };
const LOINC = /^\d{1,7}-\d$/;
const OWN_SUBCLASS = /^[A-Z][A-Z0-9_]{1,60}$/;
/** Attachments are at most 20 MB (docs: best practices). */
const MOST_BYTES = 20_000_000;

/** athenaNet's subclass for a kind of document: its own word, or by LOINC, where what is not listed is clinical. */
export const subclassOf = (type: string): string | undefined =>
  SUBCLASS[type] ?? (LOINC.test(type) ? CLINICAL : OWN_SUBCLASS.test(type) ? type : undefined);

const bytesOf = (base64: string): number => Math.floor((base64.length * 3) / 4);

/**
 * A document as athenaNet's form has it, without the department that keeps the chart.
 * @throws GraphError VALIDATION with every fault
 */
export const fromDocument = ({ type, title, contentType, content }: Saved): Form => {
  const subclass = subclassOf(type);
  const attachment = ATTACHMENT[contentType.split(';')[0]?.trim().toLowerCase() ?? ''];
  const issues: readonly FieldIssueDetail[] = [
    ...(subclass === undefined
      ? [
          {
            path: ['type'],
            rule: 'code',
            message: 'A kind of document is a LOINC code or athenahealth’s own subclass.',
          },
        ]
      : []),
    ...(attachment === undefined
      ? [{ path: ['contentType'], rule: 'type', message: 'athenahealth takes no attachments of this type.' }]
      : []),
    ...(bytesOf(content) > MOST_BYTES
      ? [{ path: ['content'], rule: 'size', message: 'athenahealth takes attachments of at most 20 MB.' }]
      : []),
  ];
  if (subclass === undefined || attachment === undefined || issues.length > 0) throw validationFailed(issues);
  return {
    documentsubclass: subclass,
    ...(title === undefined ? {} : { internalnote: title }),
    attachmenttype: attachment,
    attachmentcontents: content,
  };
};

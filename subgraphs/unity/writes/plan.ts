import type { PlannedCall } from '../../../schema/commands.ts';
import { type FieldIssueDetail, validationFailed } from '../../../schema/errors.ts';
import type { Form } from '../mapping/form.ts';

/** What is no matter of people: times, places, kinds and states of visits and documents, and what a protocol needs. */
const OPEN: ReadonlySet<string> = new Set([
  ...['Resource_ID', 'ProviderID', 'Appointment_Date', 'AppointmentDate', 'Appointment_Time', 'AppointmentTime'],
  ...['Duration', 'Appointment_Type_ID', 'Scheduling_Location_ID'],
  ...['Status', 'Date', 'Time', 'fieldid', 'units'],
  ...['documentCommand', 'documentType', 'DocumentType', 'offset', 'bytesRead', 'bDoneUpload', 'documentVar'],
  ...['documentID', 'ahsEncounterID', 'Orientation', 'auditCCDASummary', 'organizationName'],
]);

/** Stands for an id that only the vendor's lists tell. */
export const LOOKED_UP = '(looked up)';

export const plannedCall = (vendorCall: string, form: Form): PlannedCall => ({
  vendorCall,
  fields: Object.entries(form).map(([name, value]) => ({
    name,
    value: value === '' || value === LOOKED_UP || OPEN.has(name) ? value : '***',
  })),
});

export const issue = (path: readonly string[], rule: string, message: string): FieldIssueDetail => ({
  path,
  rule,
  message,
});

/** XML cannot carry them. */
const UNSPEAKABLE = /(?![\n\t])\p{Cc}|[\p{Cs}\uFFFE\uFFFF]/u;
const LINES = /[\n\t]/;
/** Texts of more than one line. */
const OF_LINES: ReadonlySet<string> = new Set(['reason', 'note', 'title']);

const textIssues = (value: unknown, path: readonly string[]): readonly FieldIssueDetail[] => {
  if (typeof value === 'string') {
    const fits = !UNSPEAKABLE.test(value) && (OF_LINES.has(path.at(-1) ?? '') || !LINES.test(value));
    return fits ? [] : [issue(path, 'text', 'Control characters are not allowed.')];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textIssues(inner, [...path, name]));
};

/** @throws GraphError VALIDATION with these issues and every text of the input that cannot be sent, if any */
export const refuseIssues = (input: object, issues: readonly FieldIssueDetail[]): void => {
  const all = [...textIssues(input, []), ...issues];
  if (all.length > 0) throw validationFailed(all);
};

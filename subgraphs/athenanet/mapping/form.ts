import type { PlannedCall } from '../../../schema/commands.ts';

/** athenaNet's forms: urlencoded, structures as JSON text in a field. */
export type Form = Readonly<Record<string, string>>;

/** Fields that say nothing about a person: what a plan shows as it is. */
const OPEN: ReadonlySet<string> = new Set([
  'departmentid',
  'providerid',
  'supervisingproviderid',
  'appointmentdate',
  'appointmenttime',
  'appointmenttypeid',
  'starttime',
  'duration',
  'reasonid',
  'newappointmentid',
  'appointmentcancelreasonid',
  'ignoreschedulablepermission',
  'nopatientcase',
  'donotsendconfirmationemail',
  'showerrormessage',
  'bypasspatientmatching',
  'source',
  'returnvitalids',
  'documentsubclass',
  'attachmenttype',
]);

/** Stands in a plan for what only the vendor can tell when the write is carried out. */
export const LATER = '(looked up)';

/** A call as a plan shows it. */
export const planned = (vendorCall: string, form: Readonly<Record<string, string | number>> = {}): PlannedCall => ({
  vendorCall,
  fields: Object.entries(form).map(([name, value]) => ({
    name,
    value: OPEN.has(name) || value === LATER ? String(value) : '***',
  })),
});

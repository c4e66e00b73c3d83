import type { Commands } from '../../../schema/commands.ts';
import type { FieldIssueDetail } from '../../../schema/errors.ts';
import type { Writers } from '../../vendor/writes/writer.ts';
import { guideParameters } from '../actions.ts';
import { BOOKING_PATHS, guideBooking } from '../mapping/booking.ts';
import { toClock } from '../mapping/form.ts';
import { joinKey } from '../mapping/key.ts';
import type { Unity } from '../records/unity.ts';
import { CLOCK } from './bookings.ts';
import { typeIssues } from './documents.ts';
import { issue, plannedCall, refuseIssues } from './plan.ts';
import { save, savedId } from './saving.ts';

const NO_PLACE = 'The guide’s request has no place for it.';

const bookingIssues = (input: Commands['bookAppointment'], zone: string): readonly FieldIssueDetail[] => {
  const missing = (['practitioner', 'start'] as const).filter((name) => input[name] === undefined);
  const extra = (['slot', 'location', 'type', 'note'] as const).filter((name) => input[name] !== undefined);
  return [
    ...missing.map((name) => issue([name], 'required', 'The guide’s request cannot do without it.')),
    ...extra.map((name) => issue([name], 'dialect', NO_PLACE)),
    ...(input.start === undefined || toClock(input.start, zone) !== undefined
      ? []
      : [issue(['start'], 'clock', CLOCK)]),
  ];
};

const DOCUMENT_PATHS = { PatientID: 'patient', DocumentType: 'type', DocumentContent: 'content' } as const;

const TITLE_LOST: readonly FieldIssueDetail[] = [issue(['title'], 'kept', NO_PLACE)];

const UNSEEN = 'This dialect lists no documents: only the practice can see whether it is there.';

/** What the guide's two saving actions carry. They name no id of an appointment, so nothing can be changed by them. */
export const guideWriters = (unity: Unity): Writers => {
  const zone = unity.source.timeZone;
  const planned = (action: 'SaveAppointment' | 'SaveClinicalDocument', values: Readonly<Record<string, string>>) => [
    plannedCall(`RunRequest ${action}`, Object.fromEntries(guideParameters(action, values) ?? [])),
  ];
  return {
    bookAppointment: {
      plan: (input) => {
        refuseIssues(input, bookingIssues(input, zone));
        return planned('SaveAppointment', guideBooking(input, zone));
      },
      send: async (input, { call }) => {
        const values = { ...guideBooking(input, zone), xml: '' };
        const row = await save(unity, 'SaveAppointment', values, BOOKING_PATHS, call);
        return { key: joinKey(savedId(row, unity, 'AppointmentID', 'Appointment_ID'), values.date) };
      },
    },
    saveDocument: {
      plan: (input) => {
        refuseIssues({ ...input, content: '' }, typeIssues(input));
        return planned('SaveClinicalDocument', input);
      },
      send: async (input, { call }) => {
        const { patient, type, content, title } = input;
        const row = await save(unity, 'SaveClinicalDocument', { patient, type, content }, DOCUMENT_PATHS, call);
        return { key: savedId(row, unity, 'DocumentID'), ...(title === undefined ? {} : { warnings: TITLE_LOST }) };
      },
      find: async () => ({ kind: 'unclear', reason: UNSEEN }),
    },
  };
};

import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Origin } from '../../../upstream/cache/question.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found, Related } from '../../vendor/connector.ts';
import { type AppointmentContext, patientOf, toAppointment } from '../mapping/appointment.ts';
import { locationNamed, locationOf, toNamedLocation } from '../mapping/location.ts';
import { PATIENT_ID, patientCovers, toPatient } from '../mapping/patient.ts';
import { cell, columnName, idCell, type Row, saysNone, type Table } from '../payload.ts';
import type { Days } from './days.ts';
import { isGuide, type Unity } from './unity.ts';

/** What only a schedule tells; a patient's history lacks it. */
export const ONLY_IN_SCHEDULE = ['reason', 'note', 'locationName', 'organizationName', 'timeIn', 'timeOut'] as const;

/** What a schedule's rows tell of a visit; with `location` it is everything. */
const TOLD = [
  'patient',
  'practitioner',
  'type',
  'start',
  'end',
  'minutes',
  'status',
  'vendorStatus',
  ...ONLY_IN_SCHEDULE,
] as const;
const SCHEDULE_TELLS: ReadonlySet<string> = new Set(TOLD);

/** Visits of a schedule, and the people and places that the row of a visit names. */
export interface Schedule {
  readonly visits: readonly Found<'Appointment'>[];
  readonly related: (visit: Found<'Appointment'>) => readonly Related[];
  /** Where it comes from, if it may be an answer that was kept. */
  readonly on?: Origin | undefined;
}

/**
 * How much a further list matters: `optional` leaves a field open when the list fails, so that a visit is still told;
 * `required` fails with it.
 */
export type Need = 'none' | 'optional' | 'required';

/** A list by its need. `told`: the field that it is for is answered, be it that the licence has no such list. */
export const listFor = async <T>(
  need: Need,
  list: () => Promise<T>,
): Promise<{ readonly told: boolean; readonly value?: T }> => {
  if (need === 'none') return { told: false };
  try {
    return { told: true, value: await list() };
  } catch (thrown) {
    if (thrown instanceof GraphError && thrown.code === 'UNSUPPORTED_BY_VENDOR') return { told: true };
    if (need === 'required') throw thrown;
    return { told: false };
  }
};

const IDENTIFYING = ['AppointmentID', 'ScheduleId', ...PATIENT_ID].map(columnName);

interface ScheduleRequest {
  /** Sent along: whose visits, and in the guide's dialect whose day. Everybody's when absent. */
  readonly patient?: string;
  readonly provider?: string;
  /** Which rows are worth mapping: one answer serves many questions of an operation. */
  readonly only?: (row: Row) => boolean;
  readonly location: Need;
}

/** The visits of some days in one GetSchedule. */
export const readSchedule = async (unity: Unity, days: Days, call: Call, asked: ScheduleRequest): Promise<Schedule> => {
  const { patient = '', provider = '', only = () => true, location } = asked;
  const [{ tables, on }, places] = await Promise.all([
    unity.client.run('GetSchedule', { ...days, patient, provider }, call),
    listFor(isGuide(unity) ? 'none' : location, () => unity.directory.locations(call)),
  ]);
  const rowOf = new Map<Found<'Appointment'>, readonly [Row, Table]>();
  for (const table of tables) {
    const rows = table.rows.filter((row) => !saysNone(row));
    if (rows.length > 0 && !IDENTIFYING.some((column) => table.columns.has(column))) throw notUnderstood(unity);
    for (const row of rows.filter(only)) {
      const visit = toVisit(row, unity, places);
      if (visit !== undefined) rowOf.set(visit, [row, table]);
    }
  }
  return {
    on,
    visits: [...rowOf.keys()],
    related: (visit) => {
      const [row, table] = rowOf.get(visit) ?? [];
      return row === undefined || table === undefined ? [] : relatedOf(row, table, visit.record, unity);
    },
  };
};

const notUnderstood = (unity: Unity): GraphError => new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });

const toVisit = (
  row: Row,
  unity: Unity,
  places: { readonly told: boolean; readonly value?: readonly Mapped<'Location'>[] },
): Found<'Appointment'> | undefined => {
  const named = cell(row, 'LocationName');
  const guided = named === undefined ? undefined : toNamedLocation(named, unity.source.timeZone).key;
  const context: AppointmentContext = {
    zone: unity.source.timeZone,
    datedKeys: isGuide(unity),
    practitionerKey: idCell(row, 'ProviderID', 'Practitioner_ID'),
    locationKey: isGuide(unity) ? guided : locationOf(row, places.value ?? []),
  };
  const record = toAppointment(row, context);
  if (record !== undefined) return { record, covers: isGuide(unity) || places.told ? 'all' : SCHEDULE_TELLS };
  // time that is blocked in a provider's day is nobody's visit; a patient's visit that cannot be told apart is trouble
  if (patientOf(row) !== undefined) throw notUnderstood(unity);
  return undefined;
};

const relatedOf = (row: Row, table: Table, visit: Mapped<'Appointment'>, unity: Unity): readonly Related[] => {
  const zone = unity.source.timeZone;
  const patient = visit.patientKey ?? undefined;
  const provider = cell(row, 'Provider', 'Practitioner_Name');
  const place = cell(row, 'LocationName');
  return [
    ...(patient === undefined
      ? []
      : [{ type: 'Patient' as const, record: toPatient(row, patient), covers: patientCovers(patientColumns(table)) }]),
    ...(isGuide(unity) && visit.practitionerKey != null
      ? [
          {
            type: 'Practitioner' as const,
            record: namedPractitioner(visit.practitionerKey, provider),
            covers: 'all' as const,
          },
        ]
      : []),
    ...(isGuide(unity) && place !== undefined
      ? [{ type: 'Location' as const, record: toNamedLocation(place, zone), covers: 'all' as const }]
      : []),
  ];
};

/** In a schedule only these columns speak of the patient: status, type and comments are the visit's. */
export const patientColumns = ({ columns }: Table): ReadonlySet<string> =>
  new Set(['patientfirstname', 'patientlastname', 'patientdob', 'organizationmrn'].filter((name) => columns.has(name)));

const namedPractitioner = (key: string, text: string | undefined): Mapped<'Practitioner'> => ({
  key,
  externalId: key,
  npi: null,
  name: text === undefined ? null : { given: [], text },
  own: { username: null, code: null, profession: null, specialty: null, inactive: null },
});

/** A visit's place from the name that an earlier answer told, without asking for the schedule again. */
export const locationByName = async (
  unity: Unity,
  visit: Mapped<'Appointment'>,
  call: Call,
): Promise<string | undefined> => {
  const name = visit.own?.locationName;
  return typeof name === 'string' ? locationNamed(name, await unity.directory.locations(call)) : undefined;
};

import type { AppointmentStatus } from '../../../schema/enums.ts';
import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import { ROWS_AT_ONCE, ROWS_WITH_PATIENTS, type Rows } from '../client.ts';
import { AppointmentPayload } from '../payload/schedule.ts';
import type { Read } from '../wire.ts';
import { type Days, daysOf, isInDays, type Span } from './days.ts';
import type { Practice } from './practice.ts';

type Row = AppointmentPayload;
type Departments = readonly Mapped<'Location'>[];

/** What of the booked appointments is asked for, beside the days. */
export interface BookedFilter {
  readonly departments?: readonly string[] | undefined;
  readonly providers?: readonly string[] | undefined;
  readonly patient?: string | undefined;
  readonly status?: readonly AppointmentStatus[] | undefined;
  /** With the patient inside each row. */
  readonly patients?: boolean;
}

/** Where a department of a practice can be, beside the source's own zone, as long as the departments are not at hand. */
const EAST_AND_WEST = ['America/New_York', 'Pacific/Honolulu'] as const;

/** athenaNet's letters for a status; every other status but UNMAPPED is one that it does not have. */
const CODES: Readonly<Partial<Record<AppointmentStatus, readonly string[]>>> = {
  BOOKED: ['f'],
  ARRIVED: ['f'],
  CHECKED_IN: ['2'],
  FULFILLED: ['3', '4'],
  CANCELLED: ['x'],
  NO_SHOW: ['x'],
};

/** The letters that these statuses can have; `undefined`: any. */
export const codesOf = (status: BookedFilter['status']): readonly string[] | undefined =>
  status === undefined || status.includes('UNMAPPED')
    ? undefined
    : [...new Set(status.flatMap((one) => CODES[one] ?? []))];

/** The booked lists: of one patient, of some departments, or of the whole practice. */
export class Booked {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  /** Rows of a list from an offset on. */
  page(days: Days, filter: BookedFilter, offset: number, limit: number | undefined, call: Call): Promise<Rows<Row>> {
    const most = filter.patients === true ? ROWS_WITH_PATIENTS : ROWS_AT_ONCE;
    const window = { limit: limit ?? most, offset };
    return this.#practice.client.list(bookedRead(days, filter), 'appointments', AppointmentPayload, call, window);
  }

  /** A whole list of a span. */
  rows(
    span: Span,
    filter: BookedFilter,
    call: Call,
    pages: { readonly limit?: number; readonly most?: number } = {},
  ): Promise<readonly Row[]> {
    const options = { limit: ROWS_AT_ONCE, ...pages };
    return this.within(span, call, (days, all) => {
      const departments = filter.patient === undefined ? all?.map(({ key }) => key) : undefined;
      const read = bookedRead(days, { departments, ...filter });
      return this.#practice.client.all(read, 'appointments', AppointmentPayload, call, options);
    });
  }

  /** The same appointment as the booked list of its day has it, which tells more than its own read. */
  async rowOf(key: string, filter: BookedFilter, day: string, call: Call): Promise<Row> {
    const { client, source } = this.#practice;
    const read = bookedRead({ startdate: day, enddate: day }, filter);
    const rows = await client.all(read, 'appointments', AppointmentPayload, call, { limit: ROWS_AT_ONCE });
    const found = rows.find((row) => row.appointmentid === key);
    if (found === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
    return found;
  }

  /**
   * An answer for the local days of a span, in `only` these departments or in all. Which days those are depends on the
   * departments' zones: where the departments are not at hand they are asked for at the same time, and the days of all
   * fifty states do until then.
   */
  async within<R>(
    span: Span,
    call: Call,
    ask: (days: Days, departments?: Departments) => Promise<R>,
    only?: readonly string[],
  ): Promise<R> {
    const { directory } = this.#practice;
    const chosen = (all: Departments) => all.filter(({ key }) => only?.includes(key) ?? true);
    const known = await directory.known();
    if (known !== undefined) return ask(this.days(span, chosen(known)), chosen(known));
    const wide = this.wideDays(span);
    const [departments, answer] = await Promise.all([directory.locations(call).then(chosen), ask(wide)]);
    const days = this.days(span, departments);
    return isInDays(days, wide) ? answer : ask(days, departments);
  }

  days(span: Span, departments: Departments): Days {
    return daysOf(span, this.zones(departments));
  }

  wideDays(span: Span): Days {
    return daysOf(span, [this.#practice.source.timeZone, ...EAST_AND_WEST]);
  }

  zones(departments: Departments): readonly string[] {
    return [...new Set([...departments.map(({ timeZone }) => timeZone), this.#practice.source.timeZone])];
  }
}

const MULTIPLE = '/appointments/booked/multipledepartment';
const SINGLE = '/appointments/booked';

const bookedRead = (days: Days, { departments, providers, patient, status, patients }: BookedFilter): Read => {
  const codes = codesOf(status);
  const path = departments === undefined || patient !== undefined ? SINGLE : MULTIPLE;
  return {
    name: `GET ${path}`,
    path,
    query: {
      patientid: patient,
      departmentid: departments,
      ...days,
      providerid: providers,
      appointmentstatus: codes?.length === 1 ? codes[0] : undefined,
      showcancelled: codes === undefined || codes.includes('x') ? 'true' : undefined,
      showcopay: 'false',
      showpatientdetail: patients === true ? 'true' : undefined,
    },
  };
};

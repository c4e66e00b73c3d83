import type { Caller } from './caller.ts';

export type Row = Readonly<Record<string, unknown>>;
export type Fields = Readonly<Record<string, string>>;

/** 11/24/2025 10:00 in New York, 30 minutes, provider 71. */
export const SLOT = '1000001';
/** Every open slot of the first department. */
const OPEN = { departmentid: '1', reasonid: '-1', bypassscheduletimechecks: 'true', enddate: '12/31/2026' };
export const VISIT = { patientid: '5001', appointmenttypeid: '82' };
export const ALL = { startdate: '10/01/2025', enddate: '12/31/2026', showcancelled: 'true' };

export const openIds = async ({ read }: Caller): Promise<unknown[]> => {
  const { appointments } = await read<{ appointments: Row[] }>('/appointments/open', OPEN);
  return appointments.map(({ appointmentid }) => appointmentid);
};

/** The body of an answer under 200; throws for another one. */
export const bodyOf = async (answer: ReturnType<Caller['write']>): Promise<unknown> => {
  const { status, text } = await answer;
  if (status !== 200) throw new Error(`status ${status} ${text}`);
  return JSON.parse(text) as unknown;
};

/** Opens a second slot, on 12/02/2025 at 09:00; gives its number. */
export const openAnother = async ({ write }: Caller): Promise<string> => {
  const fields = { departmentid: '1', providerid: '71', appointmentdate: '12/02/2025', appointmenttime: '09:00' };
  const body = (await bodyOf(write('POST', '/appointments/open', { ...fields, appointmenttypeid: '82' }))) as {
    appointmentids: Row;
  };
  return Object.keys(body.appointmentids)[0] ?? '';
};

import { z } from 'zod';
import type { Slot } from '../practice.ts';
import { contentOf, type Door, type Doorway, Refusal, type Sending, type Sent, send, wallTime } from './door.ts';

const Token = z.object({ access_token: z.string() });
const Open = z.object({
  appointments: z.array(z.object({ appointmentid: z.number(), date: z.string(), starttime: z.string() })),
});
/** An answer under 200 that says otherwise. */
const Failed = z.object({ success: z.literal(false) });

type Fields = Readonly<Record<string, string>>;

/** Any reason that patients may book by web. */
const ANY_REASON = '-1';

/** A desk at a practice with athenaNet. */
export const athenanetDoor = (doorway: Doorway): Door => {
  const { source, practice } = doorway;
  const { tokenUrl = '', clientId = '', clientSecret = '', scope = '' } = source.auth;
  let token = '';

  const signIn = async (): Promise<void> => {
    const authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope });
    const granted = Token.safeParse(contentOf(await send(doorway, tokenUrl, { headers: { authorization }, body })));
    if (granted.data === undefined) throw new Refusal();
    token = granted.data.access_token;
  };
  const attempt = (path: string, rest: Sending): Promise<Sent> =>
    send(doorway, `${source.baseUrl}/v1/${source.practiceId}${path}`, {
      ...rest,
      headers: { authorization: `Bearer ${token}` },
    });
  const call = async (path: string, rest: Sending): Promise<unknown> => {
    if (token === '') await signIn();
    let answer = await attempt(path, rest);
    if (answer.status === 401) {
      await signIn();
      answer = await attempt(path, rest);
    }
    return contentOf(answer);
  };
  const write = async (method: 'PUT' | 'POST', path: string, fields: Fields): Promise<void> => {
    const answer = await call(path, { method, body: new URLSearchParams(fields) });
    if (Failed.safeParse(answer).success) throw new Refusal();
  };

  /** The number under which an open slot can be booked. */
  const numberOf = async ({ practitionerId, locationId, start }: Slot): Promise<string> => {
    const zone = practice.locations.find(({ id }) => id === locationId)?.timeZone ?? practice.timeZone;
    const { date, time } = wallTime(start, zone);
    const query = new URLSearchParams({
      departmentid: String(locationId),
      providerid: String(practitionerId),
      reasonid: ANY_REASON,
      bypassscheduletimechecks: 'true',
      startdate: date,
      enddate: date,
    });
    const listed = Open.safeParse(await call(`/appointments/open?${query}`, { method: 'GET' }));
    const found = listed.data?.appointments.find((one) => one.date === date && one.starttime === time);
    if (found === undefined) throw new Refusal();
    return String(found.appointmentid);
  };

  return {
    book: async (patient, slot) =>
      write('PUT', `/appointments/${await numberOf(slot)}`, {
        patientid: String(patient),
        appointmenttypeid: String(slot.type.id),
      }),
    move: async ({ id, patientId }, slot) =>
      write('PUT', `/appointments/${id}/reschedule`, {
        patientid: String(patientId),
        newappointmentid: await numberOf(slot),
      }),
    cancel: ({ id, patientId }) =>
      write('PUT', `/appointments/${id}/cancel`, {
        patientid: String(patientId),
        cancellationreason: 'Patient request',
      }),
    checkIn: ({ id }) => write('POST', `/appointments/${id}/checkin`, {}),
    changeMobile: (patient, digits) => write('PUT', `/patients/${patient}`, { mobilephone: digits }),
  };
};

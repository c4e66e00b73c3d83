import { z } from 'zod';
import { resourceId } from '../unity/staff.ts';
import { contentOf, type Door, type Doorway, Refusal, send, wallTime } from './door.ts';

const Tables = z.array(z.record(z.string(), z.union([z.string(), z.array(z.record(z.string(), z.string()))])));

type Texts = Readonly<Record<string, string>>;

const xml = (root: string, fields: Texts): string =>
  `<${root}>${Object.entries(fields)
    .map(([name, text]) => `<${name}>${text}</${name}>`)
    .join('')}</${root}>`;

/** The first of the practice's reasons. */
const CANCELLATION_REASON = '1';

/** A desk at a practice with Unity: Practice Management's writes, through the JSON flavour. */
export const unityDoor = (doorway: Doorway): Door => {
  const { source, practice } = doorway;
  const { username = '', password = '', appName = '', ehrUser = '', ehrPassword = '' } = source.auth;
  let token = '';

  const post = (route: string, body: Texts) =>
    send(doorway, `${source.baseUrl}/json/${route}`, { body: JSON.stringify(body) });
  const magic = async (action: string, patient: string, parameters: readonly string[]): Promise<string> => {
    const places = Array.from({ length: 6 }, (_, at) => [`Parameter${at + 1}`, parameters[at] ?? ''] as const);
    const fields = { Action: action, AppUserID: ehrUser, Appname: appName, PatientID: patient, Token: token, Data: '' };
    const answer = await post('MagicJson', { ...fields, ...Object.fromEntries(places) });
    const tables = Tables.safeParse(contentOf(answer));
    const rows = tables.data?.flatMap((table) => Object.values(table));
    if (rows === undefined) throw new Refusal();
    // refusals are texts, or rows whose STATUS says that it is critical
    return rows.map((row) => (typeof row === 'string' ? `refused: ${row}` : JSON.stringify(row))).join('');
  };
  const signIn = async (): Promise<void> => {
    token = (await post('GetToken', { Username: username, Password: password })).text;
    await magic('GetUserAuthentication', '', [ehrPassword]);
  };
  const write = async (action: string, patient: string, parameters: readonly string[]): Promise<void> => {
    if (token === '') await signIn();
    let said = await magic(action, patient, parameters);
    if (said.includes('logged out')) {
      await signIn();
      said = await magic(action, patient, parameters);
    }
    if (/refused: |Critical/.test(said)) throw new Refusal();
  };
  const save = (fields: Texts): Promise<void> => write('SaveAppointment', '', [xml('appointment', fields)]);
  const timeOf = (start: string): Texts => {
    const { date, time } = wallTime(start, practice.timeZone);
    return { Appointment_Date: date, Appointment_Time: time };
  };

  return {
    book: (patient, { practitionerId, locationId, start, minutes, type }) =>
      save({
        Patient_ID: String(patient),
        Resource_ID: resourceId(practitionerId),
        ...timeOf(start),
        Duration: String(minutes),
        Appointment_Type_ID: String(type.id),
        Scheduling_Location_ID: String(locationId),
      }),
    move: ({ id }, { locationId, start }) =>
      save({ Appointment_ID: String(id), ...timeOf(start), Scheduling_Location_ID: String(locationId) }),
    cancel: ({ id }) => write('SetAppointmentStatus', '', [String(id), 'X', '', '', '', CANCELLATION_REASON]),
    checkIn: ({ id }) => write('SetAppointmentStatus', '', [String(id), 'K']),
    changeMobile: (patient, digits) =>
      write('SavePatient', String(patient), ['', xml('patient', { Cell_Phone: digits })]),
  };
};

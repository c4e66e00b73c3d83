import type { Received, Reply } from '../server.ts';
import { dataSetXml, type Table } from './dataset.ts';
import { isMediaType, openEnvelope, SOAP_12, UNITY, UNITY_FAULT } from './envelope.ts';
import { saveGuidedAppointment, saveGuidedDocument } from './guided-writes.ts';
import {
  type Action,
  actionName,
  type Call,
  performSigned,
  type System,
  UnityRefusal,
  WRONG_SERVICE_USER,
} from './magic.ts';
import { resultsBetween } from './results.ts';
import type { Visit } from './visit.ts';
import { child, type Element, escapeXml } from './xml.ts';

/*
 * The dialect that the seed guide prints: no public source shows it. Its requests are the guide's; path, answers and
 * faults are assumptions.
 */

const SECURITY = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

type Named = Readonly<Record<string, string>>;
/** Names and values of the request's parameters in their order, so that one that comes twice can be refused. */
type Sent = readonly (readonly [string, string])[];

/** How the guide's named values become the positions of the real action. */
interface Form {
  readonly parameters: (named: Named, system: System) => readonly string[];
  /** Where the real action cannot say what the guide's can, or where there is none. */
  readonly run?: (named: Named, sent: Sent) => Action['run'];
}

const named = (values: Named, name: string): string => values[name] ?? '';

const usernameOf = ({ world }: System, id: string): string =>
  world.practice.practitioners.find((person) => String(person.id) === id)?.username ?? '(nobody)';

const FORMS: Readonly<Record<string, Form>> = {
  SearchPatients: { parameters: (values) => [named(values, 'SearchString')] },
  GetPatient: { parameters: () => ['N'] },
  GetPatientDemographics: { parameters: () => [] },
  GetSchedule: {
    parameters: (values, system) => {
      const provider = named(values, 'ProviderID');
      const range = [named(values, 'StartDate'), named(values, 'EndDate')].filter((text) => text !== '').join('|');
      return [range, '', 'N', provider === '' ? 'All' : usernameOf(system, provider)];
    },
  },
  GetClinicalSummary: { parameters: () => ['list'] },
  GetResults: {
    parameters: () => [],
    run: (values) => (work) => resultsBetween(work, named(values, 'StartDate'), named(values, 'EndDate')),
  },
  GetDictionary: { parameters: (values) => [named(values, 'DictionaryName')] },
  SaveAppointment: { parameters: () => [], run: (_values, sent) => saveGuidedAppointment(sent) },
  SaveClinicalDocument: { parameters: () => [], run: (_values, sent) => saveGuidedDocument(sent) },
};

/** What the guide calls the action, whatever case the caller used. */
const guideName = (action: string): string =>
  Object.keys(FORMS).find((name) => name.toLowerCase() === action.toLowerCase()) ?? action;

const text = (element: Element | undefined, name: string): string => child(element, UNITY, name)?.text ?? '';

const sentValues = (request: Element): Sent =>
  request.children
    .filter(({ name, namespace }) => name === 'Parameter' && namespace === UNITY)
    .map((parameter) => [text(parameter, 'Name'), text(parameter, 'Value')]);

const namedValues = (request: Element): Named =>
  Object.fromEntries([
    ...sentValues(request),
    ['SearchString', text(child(request, UNITY, 'PatientFindData'), 'SearchString')],
  ]);

const envelope = (status: number, body: string): Reply => ({
  status,
  headers: { 'content-type': 'application/soap+xml; charset=utf-8' },
  body: `<soap:Envelope xmlns:soap="${SOAP_12}"><soap:Body>${body}</soap:Body></soap:Envelope>`,
});

const fault = (code: string, reason: string, detail = ''): Reply =>
  envelope(
    500,
    `<soap:Fault><soap:Code>${code}</soap:Code><soap:Reason><soap:Text xml:lang="en-US">${escapeXml(reason)}</soap:Text></soap:Reason>${detail}</soap:Fault>`,
  );

const SENDER = '<soap:Value>soap:Sender</soap:Value>';

const authenticationFault = (): Reply =>
  fault(
    `${SENDER}<soap:Subcode><soap:Value xmlns:wsse="${SECURITY}">wsse:FailedAuthentication</soap:Value></soap:Subcode>`,
    WRONG_SERVICE_USER,
  );

const unityFault = (reason: string): Reply =>
  fault(
    SENDER,
    reason,
    `<soap:Detail><UnityFault xmlns="${UNITY_FAULT}"><ErrorMessage>${escapeXml(reason)}</ErrorMessage></UnityFault></soap:Detail>`,
  );

const internalFault = (): Reply =>
  fault(
    '<soap:Value>soap:Receiver</soap:Value>',
    'The server was unable to process the request due to an internal error.',
  );

const isSigned = (header: Element | undefined, { signIn }: System): boolean => {
  const token = child(child(header, SECURITY, 'Security'), SECURITY, 'UsernameToken');
  return (
    child(token, SECURITY, 'Username')?.text === signIn.username &&
    child(token, SECURITY, 'Password')?.text === signIn.password
  );
};

/** The system as this dialect shows it: only the guide's actions. */
const guided = (system: System, values: Named, sent: Sent): System => ({
  ...system,
  actions: new Map(
    Object.entries(FORMS).flatMap(([name, form]) => {
      const action = form.run ? { name, run: form.run(values, sent) } : system.actions.get(name.toLowerCase());
      return action ? [[name.toLowerCase(), action]] : [];
    }),
  ),
});

const answerRequest = (request: Element, header: Element | undefined, system: System): Reply => {
  if (!isSigned(header, system)) return authenticationFault();
  const values = namedValues(request);
  const action = text(request, 'Action');
  const form = FORMS[guideName(action)];
  const call: Call = {
    action,
    userId: text(request, 'AppUserID'),
    appName: text(request, 'Appname'),
    patientId: named(values, 'PatientID'),
    token: '',
    data: '',
    parameters: form?.parameters(values, system) ?? [],
  };
  try {
    const tables: readonly Table[] = performSigned(guided(system, values, sentValues(request)), call);
    return envelope(
      200,
      `<Unity_RunRequestResponse xmlns="${UNITY}"><Unity_RunRequestResult>${dataSetXml(action, tables)}</Unity_RunRequestResult></Unity_RunRequestResponse>`,
    );
  } catch (error) {
    return error instanceof UnityRefusal ? unityFault(error.message) : internalFault();
  }
};

/** The door of the seed guide's dialect: SOAP 1.2, the service's password in every call, no token. */
export const runRequestDoor = (received: Received, system: System): Visit => {
  const refuse = (status: number): Visit => ({ name: 'RunRequest', answer: () => ({ status, body: '' }) });
  if (received.method !== 'POST') return refuse(405);
  if (!isMediaType(received.headers['content-type'], 'application/soap+xml')) return refuse(415);
  const opened = openEnvelope(received.body, SOAP_12);
  if (!opened) return refuse(400);
  const request =
    opened.content?.name === 'Unity_RunRequest' ? child(opened.content, UNITY, 'PatientFindRequest') : undefined;
  if (!request || opened.content?.namespace !== UNITY) return { name: 'RunRequest', answer: internalFault };
  return {
    name: `RunRequest ${actionName(system, guideName(text(request, 'Action')))}`,
    answer: () => answerRequest(request, opened.header, system),
  };
};

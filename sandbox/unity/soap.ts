import type { Received, Reply } from '../server.ts';
import { dataSetXml } from './dataset.ts';
import { isMediaType, openEnvelope, SOAP_11, UNITY, UNITY_FAULT } from './envelope.ts';
import { actionName, type Call, perform, type System, UnityRefusal, WRONG_SERVICE_USER } from './magic.ts';
import type { Visit } from './visit.ts';
import { WSDL } from './wsdl.ts';
import { type Element, escapeXml } from './xml.ts';

type Values = Readonly<Record<string, string>>;

interface Operation {
  /** In the order in which WCF reads them. */
  readonly parts: readonly string[];
  /** The children of the response element. */
  readonly answer: (values: Values, system: System) => string;
}

const MAGIC = [
  ...['Action', 'UserID', 'Appname', 'PatientID', 'Token'],
  ...['Parameter1', 'Parameter2', 'Parameter3', 'Parameter4', 'Parameter5', 'Parameter6', 'data'],
];

const value = (values: Values, name: string): string => values[name] ?? '';

const toCall = (values: Values): Call => ({
  action: value(values, 'Action'),
  userId: value(values, 'UserID'),
  appName: value(values, 'Appname'),
  patientId: value(values, 'PatientID'),
  token: value(values, 'Token'),
  parameters: [1, 2, 3, 4, 5, 6].map((position) => value(values, `Parameter${position}`)),
  data: value(values, 'data'),
});

const isService = ({ signIn }: System, values: Values): boolean =>
  value(values, 'Username') === signIn.username && value(values, 'Password') === signIn.password;

/** The token, or the text that stands in its place when the service's user is wrong. */
export const issueToken = (system: System, values: Values): string => {
  if (!isService(system, values)) return `error: ${WRONG_SERVICE_USER}`;
  const original = value(values, 'originalToken');
  return original !== '' && system.sessions.use(original) ? original : system.sessions.open();
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetSecurityToken: {
    parts: ['Username', 'Password'],
    answer: (values, system) => `<GetSecurityTokenResult>${issueToken(system, values)}</GetSecurityTokenResult>`,
  },
  GetValidSecurityToken: {
    parts: ['Username', 'Password', 'originalToken'],
    answer: (values, system) =>
      `<GetValidSecurityTokenResult>${issueToken(system, values)}</GetValidSecurityTokenResult>`,
  },
  RetireSecurityToken: {
    parts: ['Token', 'Appname'],
    answer: (values, system) => {
      system.sessions.retire(value(values, 'Token'));
      return '';
    },
  },
  Magic: {
    parts: MAGIC,
    answer: (values, system) => {
      const call = toCall(values);
      return `<MagicResult>${dataSetXml(actionName(system, call.action), perform(system, call))}</MagicResult>`;
    },
  },
};

/** The response element of an operation, as the JSON flavour's token routes also send it. */
export const responseXml = (operation: string, content: string): string =>
  `<${operation}Response xmlns="${UNITY}"${content === '' ? '/>' : `>${content}</${operation}Response>`}`;

const xml = (status: number, body: string): Reply => ({
  status,
  headers: { 'content-type': 'text/xml; charset=utf-8' },
  body: `<s:Envelope xmlns:s="${SOAP_11}"><s:Body>${body}</s:Body></s:Envelope>`,
});

const fault = (code: string, text: string, detail = ''): Reply =>
  xml(500, `<s:Fault>${code}<faultstring xml:lang="en-US">${escapeXml(text)}</faultstring>${detail}</s:Fault>`);

const unityFault = (text: string): Reply =>
  fault(
    '<faultcode>s:Client</faultcode>',
    text,
    `<detail><UnityFault xmlns="${UNITY_FAULT}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><ErrorMessage>${escapeXml(text)}</ErrorMessage></UnityFault></detail>`,
  );

const DISPATCHER = 'http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher';
const ADDRESSING = 'http://schemas.microsoft.com/ws/2005/05/addressing/none';

/** Faults of the framework under the service, whose texts are WCF's own. */
const internalFault = (): Reply =>
  fault(
    `<faultcode xmlns:a="${DISPATCHER}">a:InternalServiceFault</faultcode>`,
    'The server was unable to process the request due to an internal error.',
  );
const unreadableFault = (): Reply =>
  fault(
    `<faultcode xmlns:a="${DISPATCHER}">a:DeserializationFailed</faultcode>`,
    'The formatter threw an exception while trying to deserialize the message.',
  );
const actionFault = (action: string): Reply =>
  fault(
    `<faultcode xmlns:a="${ADDRESSING}">a:ActionNotSupported</faultcode>`,
    `The message with Action '${action}' cannot be processed at the receiver, due to a ContractFilter mismatch at the EndpointDispatcher.`,
  );

/** Reads the parts in their order: one that comes late, twice or in another namespace counts as absent. */
const readParts = (element: Element, parts: readonly string[]): Values => {
  const values: Record<string, string> = {};
  let next = 0;
  for (const { name, namespace, text } of element.children) {
    const found = namespace === UNITY ? parts.indexOf(name, next) : -1;
    if (found < 0) continue;
    values[name] = text;
    next = found + 1;
  }
  return values;
};

const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(text);

const answerOperation = (name: string, operation: Operation, values: Values, system: System): Reply => {
  try {
    return xml(200, responseXml(name, operation.answer(values, system)));
  } catch (error) {
    return error instanceof UnityRefusal ? unityFault(error.message) : internalFault();
  }
};

const empty = (status: number): Reply => ({ status, body: '' });

const SOAP_ACTION = `${UNITY}/IUnityService/`;

/** The service's SOAP 1.1 door: one visit per request, named by its operation and, for Magic, its action. */
export const soapDoor = (request: Received, system: System): Visit => {
  if (request.method === 'GET' && [...request.query.keys()].some((key) => /^(?:single)?wsdl$/i.test(key)))
    return {
      name: 'WSDL',
      answer: () => ({ status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: WSDL }),
    };
  const header = (request.headers.soapaction ?? '').replace(/^"(.*)"$/, '$1');
  const name = header.startsWith(SOAP_ACTION) ? header.slice(SOAP_ACTION.length) : '';
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (request.method !== 'POST') return { name: `${request.method} UnityService`, answer: () => empty(405) };
  if (!isMediaType(request.headers['content-type'], 'text/xml')) return { name: 'SOAP', answer: () => empty(415) };
  const envelope = openEnvelope(request.body, SOAP_11);
  if (!envelope) return { name: name || 'SOAP', answer: () => empty(400) };
  if (!operation) return { name: 'SOAP', answer: () => actionFault(header) };
  const { content } = envelope;
  if (content?.name !== name || content.namespace !== UNITY) return { name, answer: unreadableFault };
  const values = readParts(content, operation.parts);
  if (!isBase64(value(values, 'data'))) return { name, answer: unreadableFault };
  return {
    name: name === 'Magic' ? `Magic ${actionName(system, value(values, 'Action'))}` : name,
    answer: () => answerOperation(name, operation, values, system),
  };
};

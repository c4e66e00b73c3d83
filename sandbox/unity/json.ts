import type { Received, Reply } from '../server.ts';
import { dataSetJson } from './dataset.ts';
import { actionName, type Call, perform, type System, UnityRefusal } from './magic.ts';
import { issueToken, responseXml } from './soap.ts';
import type { Visit } from './visit.ts';

type Values = Readonly<Record<string, string>>;

/** Whatever it holds, an answer of this flavour says that it is a stream of bytes. */
const bytes = (body: string): Reply => ({ status: 200, headers: { 'content-type': 'application/octet-stream' }, body });

const xml = (body: string): Reply => ({ status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body });

const refuse = (text: string): Reply => bytes(JSON.stringify([{ Error: text }]));

const UNBOUND = 'Object reference not set to an instance of an object.';

/** The body's values; undefined when the server could not bind it, as with a value that is no text. */
const bind = (body: string): Values | undefined => {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const entries: readonly (readonly [string, unknown])[] = Object.entries(parsed);
    const texts = entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
    return texts.length === entries.length ? Object.fromEntries(texts) : undefined;
  } catch {
    return undefined;
  }
};

const value = (values: Values, name: string): string => values[name] ?? '';

const toCall = (values: Values): Call => ({
  action: value(values, 'Action'),
  userId: value(values, 'AppUserID'),
  appName: value(values, 'Appname'),
  patientId: value(values, 'PatientID'),
  token: value(values, 'Token'),
  parameters: [1, 2, 3, 4, 5, 6].map((position) => value(values, `Parameter${position}`)),
  data: value(values, 'Data'),
});

const magic = (values: Values, system: System): Reply => {
  if (values.Data === undefined) return refuse(UNBOUND);
  const call = toCall(values);
  try {
    return bytes(dataSetJson(actionName(system, call.action), perform(system, call)));
  } catch (error) {
    if (error instanceof UnityRefusal) return refuse(error.message);
    return {
      status: 500,
      headers: { 'content-type': 'text/html' },
      body: '<html><body><h1>Server Error</h1></body></html>',
    };
  }
};

const retire = (values: Values, system: System): void => system.sessions.retire(value(values, 'Token'));

const ROUTES: Readonly<Record<string, { readonly name: string; answer(values: Values, system: System): Reply }>> = {
  gettoken: { name: 'GetToken', answer: (values, system) => bytes(issueToken(system, values)) },
  getsecuritytoken: {
    name: 'GetSecurityToken',
    answer: (values, system) =>
      xml(
        responseXml(
          'GetSecurityToken',
          `<GetSecurityTokenResult>${issueToken(system, values)}</GetSecurityTokenResult>`,
        ),
      ),
  },
  magicjson: { name: 'Magic', answer: magic },
  retiretoken: {
    // Its answer is not public: nothing (assumption).
    name: 'RetireToken',
    answer: (values, system) => {
      retire(values, system);
      return bytes('');
    },
  },
  retiresecuritytoken: {
    name: 'RetireSecurityToken',
    answer: (values, system) => {
      retire(values, system);
      return xml(responseXml('RetireSecurityToken', ''));
    },
  },
};

/** The service's JSON door; undefined when it has no such route. `route` is the last part of the path, in lower case. */
export const jsonDoor = (request: Received, route: string, system: System): Visit | undefined => {
  const found = Object.hasOwn(ROUTES, route) ? ROUTES[route] : undefined;
  if (!found) return undefined;
  if (request.method !== 'POST')
    return { name: `${request.method} ${found.name}`, answer: () => ({ status: 405, body: '' }) };
  const values = bind(request.body);
  const action = values && found.name === 'Magic' ? ` ${actionName(system, value(values, 'Action'))}` : '';
  return {
    name: `${found.name}${action}`,
    answer: () => (values ? found.answer(values, system) : refuse(UNBOUND)),
  };
};

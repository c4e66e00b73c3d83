import { type Changes, changeRecord } from '../change.ts';
import { listen, type Simulator } from '../server.ts';
import { UNITY } from './envelope.ts';
import { NOON, smallPractice } from './fixture.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from './simulator.ts';

const PARTS = [
  ...['Action', 'UserID', 'Appname', 'PatientID', 'Token'],
  ...['Parameter1', 'Parameter2', 'Parameter3', 'Parameter4', 'Parameter5', 'Parameter6', 'data'],
] as const;

type Fields = Readonly<Record<string, string>>;
export type Row = Readonly<Record<string, string>>;

/** A running simulator, and callers that speak to it as the vendor's clients do. */
export interface Bench {
  readonly simulator: Simulator;
  /** Milliseconds that the clock is turned on. */
  pass(milliseconds: number): void;
  /** Changes a record as somebody at the practice does. */
  change<T extends keyof Changes>(type: T, id: number, set: Changes[T]): void;
  post(path: string, body: string, headers: Fields): Promise<Response>;
  /** An operation in SOAP 1.1, its parts in the order given. */
  soap(operation: string, parts: Fields): Promise<Response>;
  json(route: string, body: unknown): Promise<Response>;
  /** A token, and the EHR user bound to it. */
  signIn(user?: string): Promise<string>;
  /** The Magic operation in SOAP. */
  magic(fields: Fields): Promise<Response>;
  /** The rows of every table of an action, through the JSON flavour, by a caller who is signed in. */
  tables(action: string, fields?: Fields): Promise<readonly (readonly Row[])[]>;
  rows(action: string, fields?: Fields): Promise<readonly Row[]>;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** All twelve parts, in the order in which the server reads them. */
const inOrder = (fields: Fields): Fields => Object.fromEntries(PARTS.map((name) => [name, fields[name] ?? '']));

/** Starts a simulator of the small practice on a free port. */
export const openBench = async (options: Partial<UnityOptions> = {}): Promise<Bench> => {
  let now = NOON;
  const { practice = smallPractice() } = options;
  const behaviour = unitySimulator({ now: () => now, ...options, practice });
  const simulator = await listen(behaviour);
  const change: Bench['change'] = (type, id, set) => {
    const changed = changeRecord(practice, type, id, set, now);
    behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed });
  };
  const post: Bench['post'] = (path, body, headers) =>
    fetch(`${simulator.url}${path}`, { method: 'POST', body, headers });
  const soap: Bench['soap'] = (operation, parts) =>
    post(
      '/Unity/UnityService.svc/unityservice',
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><${operation} xmlns="${UNITY}">${Object.entries(
        parts,
      )
        .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
        .join('')}</${operation}></s:Body></s:Envelope>`,
      { 'content-type': 'text/xml; charset=utf-8', soapaction: `"${UNITY}/IUnityService/${operation}"` },
    );
  const json: Bench['json'] = (route, body) =>
    post(`/Unity/UnityService.svc/json/${route}`, typeof body === 'string' ? body : JSON.stringify(body), {
      'content-type': 'application/json',
    });
  const { username, password, appName, ehrUser, ehrPassword } = UNITY_SIGN_IN;
  const magic: Bench['magic'] = (fields) => soap('Magic', inOrder({ Appname: appName, ...fields }));
  const signIn: Bench['signIn'] = async (user = ehrUser) => {
    const token = await (await json('GetToken', { Username: username, Password: password })).text();
    await magic({ Action: 'GetUserAuthentication', UserID: user, Token: token, Parameter1: ehrPassword });
    return token;
  };
  const tables: Bench['tables'] = async (action, fields = {}) => {
    const user = fields.AppUserID ?? ehrUser;
    const answer = await json('MagicJson', {
      Action: action,
      AppUserID: user,
      Appname: appName,
      PatientID: '',
      Token: await signIn(user),
      Data: '',
      ...fields,
    });
    const items = (await answer.json()) as Readonly<Record<string, readonly Row[]>>[];
    return items.flatMap((item) => Object.values(item));
  };
  return {
    simulator,
    pass: (milliseconds) => {
      now += milliseconds;
    },
    change,
    post,
    soap,
    json,
    signIn,
    magic,
    tables,
    rows: async (action, fields) => (await tables(action, fields))[0] ?? [],
  };
};

/** One column of some rows. */
export const column = (rows: readonly Row[], name: string): readonly (string | undefined)[] =>
  rows.map((row) => row[name]);

/** Some columns of one row. */
export const pick = (row: Row | undefined, names: readonly string[]): readonly (string | undefined)[] =>
  names.map((name) => row?.[name]);

/** The text of the first element of that name. */
export const inTag = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}[^>]*>([^<]*)<`).exec(xml)?.[1];

/** Status and message of a SOAP 1.1 fault of Unity. */
export const fault = async (answer: Response): Promise<readonly [number, string | undefined]> => [
  answer.status,
  inTag(await answer.text(), 'ErrorMessage'),
];

/** The same for a refusal of an action. */
export const refused = (action: string, text: string): readonly [number, string] => [
  500,
  `Magic Error - Action: ${action} - ${text}`,
];

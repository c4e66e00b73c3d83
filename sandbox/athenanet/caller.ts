import { listen, type Simulator } from '../server.ts';
import { NOW, practiceOf } from './fixture.ts';
import { ATHENANET_SIGN_IN, type AthenanetBehaviour, type AthenanetOptions, athenanetSimulator } from './simulator.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A signed-in caller of a simulator on a port of its own, with a clock that stands until it is set. */
export interface Caller {
  readonly behaviour: AthenanetBehaviour;
  readonly simulator: Simulator;
  setNow(millis: number): void;
  token(path?: string, form?: Readonly<Record<string, string>>, authorization?: string): Promise<Answer>;
  send(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string): Promise<Answer>;
  /** A path behind the practice. */
  get(path: string, query?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The same as parsed JSON of a 200. */
  read<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T>;
  /** A form to a path behind the practice; other text under another label. */
  write(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    fields?: Readonly<Record<string, string>> | string,
    type?: string,
  ): Promise<Answer>;
}

export const BASIC = `Basic ${Buffer.from(`${ATHENANET_SIGN_IN.clientId}:${ATHENANET_SIGN_IN.clientSecret}`).toString('base64')}`;
export const FORM = 'application/x-www-form-urlencoded';

const call = async (started: Simulator[], options: Partial<AthenanetOptions>): Promise<Caller> => {
  let now = NOW;
  const behaviour = athenanetSimulator({ practice: practiceOf(), now: () => now, ...options });
  const simulator = await listen(behaviour);
  started.push(simulator);
  const send: Caller['send'] = async (method, path, headers = {}, body) => {
    const response = await fetch(`${simulator.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const token: Caller['token'] = (
    path = '/oauth2/v1/token',
    form = { grant_type: 'client_credentials', scope: ATHENANET_SIGN_IN.scope },
    authorization = BASIC,
  ) => send('POST', path, { authorization, 'content-type': FORM }, new URLSearchParams(form).toString());
  let bearer: string | undefined;
  const authorization = async (): Promise<string> => {
    bearer ??= (JSON.parse((await token()).text) as { access_token: string }).access_token;
    return `Bearer ${bearer}`;
  };
  const get: Caller['get'] = async (path, query = {}) => {
    const search = new URLSearchParams(query).toString();
    return send('GET', `/v1/999901${path}${search === '' ? '' : `?${search}`}`, {
      authorization: await authorization(),
    });
  };
  const write: Caller['write'] = async (method, path, fields = {}, type = FORM) => {
    const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
    return send(method, `/v1/999901${path}`, { authorization: await authorization(), 'content-type': type }, body);
  };
  const read = async <T>(path: string, query?: Readonly<Record<string, string>>): Promise<T> => {
    const answer = await get(path, query);
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    return JSON.parse(answer.text) as T;
  };
  return {
    behaviour,
    simulator,
    setNow: (millis) => {
      now = millis;
    },
    token,
    send,
    get,
    read,
    write,
  };
};

export interface Callers {
  /** A caller of a simulator of its own. */
  caller(options?: Partial<AthenanetOptions>): Promise<Caller>;
  /** Closes every simulator that was started. */
  close(): Promise<void>;
}

export const callers = (): Callers => {
  const started: Simulator[] = [];
  return {
    caller: (options = {}) => call(started, options),
    close: async () => {
      await Promise.all(started.splice(0).map((simulator) => simulator.close()));
    },
  };
};

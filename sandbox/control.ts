import type { CallLog } from './calls.ts';
import type { Faults } from './faults.ts';
import type { Commit } from './ledger.ts';
import type { Outbox } from './notify/outbox.ts';
import type { Plantation } from './planting.ts';
import type { Received, Reply } from './server.ts';

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** What a control route may be told wrong. */
const refused = (error: unknown): Reply => {
  if (error instanceof RangeError) return json(400, { error: error.message });
  if (error instanceof SyntaxError) return json(400, { error: 'The body is not JSON.' });
  throw error;
};

/** Commits are numbered from 1 without a gap. */
const after = (query: URLSearchParams): number => {
  const number = Number(query.get('after') ?? 0);
  if (!Number.isInteger(number) || number < 0) throw new RangeError('after must be the number of a commit.');
  return number;
};

type Answer = (request: Received) => Reply | Promise<Reply>;
type Routes = Readonly<Record<string, Answer>>;

/** Everything to do with one kind of misbehaviours under one path; another path or method has no answer. */
const faultRoutes = <F, T>(path: string, faults: Plantation<F, T>): Routes => {
  const shown = (status: number, more: object = {}): Reply => json(status, { ...more, faults: faults.list() });
  return {
    [`GET ${path}`]: () => shown(200),
    [`POST ${path}`]: ({ body }) => shown(201, { id: faults.add(JSON.parse(body) as F).id }),
    [`DELETE ${path}`]: () => {
      faults.clear();
      return shown(200);
    },
    [`DELETE ${path}/<id>`]: (request) =>
      faults.remove(request.path.slice(path.length + 1)) ? shown(200) : json(404, { error: 'no such fault' }),
  };
};

const callRoutes = (log: CallLog): Routes => ({
  'GET /_control/calls': ({ query }) => {
    const { total, inFlight, mostInFlight, counts, names: calls } = log;
    const detail = query.has('log') ? { log: log.log } : {};
    const mostInSecond = log.mostWithin(1000, query.get('match') ?? undefined);
    const numbers = { total, inFlight, mostInFlight, mostInSecond, counts: Object.fromEntries(counts) };
    return json(200, { ...numbers, calls, ...detail });
  },
  'DELETE /_control/calls': () => {
    log.reset();
    return json(200, { total: 0 });
  },
});

/** The bodies of notifications are left out: whoever asked for them has them. */
const notificationRoutes = (outbox: Outbox): Routes => {
  const shown = (): Reply => {
    const { pending, log } = outbox;
    return json(200, { pending, dead: outbox.dead.map(({ id, name, to }) => ({ id, name, to })), log });
  };
  return {
    'GET /_control/notifications': shown,
    'DELETE /_control/notifications': () => {
      outbox.reset();
      return shown();
    },
    'POST /_control/notifications/flush': async () => {
      await outbox.flush();
      return shown();
    },
    'POST /_control/notifications/revive': async () => {
      outbox.revive();
      return shown();
    },
    ...faultRoutes('/_control/notifications/faults', outbox.faults),
  };
};

export interface Controlled {
  readonly log: CallLog;
  readonly faults: Faults;
  readonly commits: readonly Commit[];
  readonly outbox: Outbox | undefined;
}

/**
 * The routes beside those of the vendor: what was called and committed, what misbehaves, and, of a vendor that sends
 * notifications, what was sent. Refuses a fault that is none.
 */
export const controlOf = ({ log, faults, commits, outbox }: Controlled): ((request: Received) => Promise<Reply>) => {
  const routes: Routes = {
    ...callRoutes(log),
    'GET /_control/commits': ({ query }) => json(200, { total: commits.length, commits: commits.slice(after(query)) }),
    ...faultRoutes('/_control/faults', faults),
    ...(outbox && notificationRoutes(outbox)),
  };
  return async (request) => {
    const { method, path } = request;
    const route =
      routes[`${method} ${path}`] ?? routes[`${method} ${path.replace(/\/faults\/[^/]+$/, '/faults/<id>')}`];
    if (route === undefined) return json(404, { error: 'no such control route' });
    try {
      return await route(request);
    } catch (error) {
      return refused(error);
    }
  };
};

import type { CallLog } from './calls.ts';
import type { Fault, Faults } from './faults.ts';
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

/** The routes beside those of the vendor: what was called, and what misbehaves. Refuses a fault that is none. */
export const controlOf = (log: CallLog, faults: Faults) => {
  const shown = (status: number, more: object = {}): Reply => json(status, { ...more, faults: faults.list() });
  const removed = (id: string): Reply => (faults.remove(id) ? shown(200) : json(404, { error: 'no such fault' }));
  const traffic = (query: URLSearchParams): Reply => {
    const { total, inFlight, mostInFlight, counts, names: calls } = log;
    const detail = query.has('log') ? { log: log.log } : {};
    const mostInSecond = log.mostWithin(1000, query.get('match') ?? undefined);
    const numbers = { total, inFlight, mostInFlight, mostInSecond, counts: Object.fromEntries(counts) };
    return json(200, { ...numbers, calls, ...detail });
  };
  return ({ method, path, query, body }: Received): Reply => {
    const [, fault] = /^\/_control\/faults\/([^/]+)$/.exec(path) ?? [];
    if (method === 'DELETE' && fault !== undefined) return removed(fault);
    try {
      switch (`${method} ${path}`) {
        case 'GET /_control/calls':
          return traffic(query);
        case 'DELETE /_control/calls':
          log.reset();
          return json(200, { total: 0 });
        case 'GET /_control/faults':
          return shown(200);
        case 'POST /_control/faults':
          return shown(201, { id: faults.add(JSON.parse(body) as Fault).id });
        case 'DELETE /_control/faults':
          faults.clear();
          return shown(200);
        default:
          return json(404, { error: 'no such control route' });
      }
    } catch (error) {
      return refused(error);
    }
  };
};

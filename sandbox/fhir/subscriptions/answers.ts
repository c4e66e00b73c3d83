import type { Parameters } from '@medplum/fhirtypes';
import type { Received, Reply } from '../../server.ts';
import type { Asker } from '../answers.ts';
import { FHIR_JSON, Refused } from '../faults.ts';
import type { Operation } from '../routes.ts';
import { notice, standings } from './notices.ts';
import type { Roster } from './roster.ts';

export interface Asked {
  readonly id: string | undefined;
  readonly operation: Operation;
}

const ok = (body: string): Reply => ({ status: 200, headers: { 'content-type': FHIR_JSON }, body });

/** The values that go by a name in the address or in a body of `Parameters`. */
const inputs = ({ method, query, body }: Received): ((name: string) => readonly string[]) => {
  const sent = method === 'POST' && body !== '' ? parametersIn(body) : [];
  return (name) => [
    ...query.getAll(name),
    ...sent.flatMap((one) => (one.name === name ? (one.valueString ?? one.valueId ?? one.valueCode ?? []) : [])),
  ];
};

const parametersIn = (body: string): NonNullable<Parameters['parameter']> => {
  try {
    const { resourceType, parameter } = JSON.parse(body) as Parameters;
    if (resourceType === 'Parameters' && (parameter === undefined || Array.isArray(parameter))) return parameter ?? [];
  } catch {
    // told below
  }
  throw new Refused('bad-body');
};

/** The number of an event, of 64 bits and written as text. */
const eventNumber = (text: string | undefined): bigint | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d{1,19}$/.test(text)) throw new Refused('bad-value');
  return BigInt(text);
};

/** Answers `$status`, of one subscription or of those that are asked for, and `$events`. */
export const operationAnswer = (
  roster: Roster | undefined,
  asker: Asker,
  request: Received,
  { id, operation }: Asked,
  now: number,
): Reply => {
  if (roster === undefined) throw new Refused('unknown-path');
  if (!asker.permits('Subscription', 'read')) throw new Refused('no-scope');
  const input = inputs(request);
  const timestamp = new Date(now).toISOString();
  if (operation === '$events' && id !== undefined) {
    const [from, until] = ['eventsSinceNumber', 'eventsUntilNumber'].map((name) => eventNumber(input(name)[0]));
    const told = roster.events(asker.base, id, from ?? 0n, until);
    if (told === undefined) throw new Refused('not-found');
    return ok(notice(told, `${id} events ${timestamp}`, timestamp));
  }
  const ids = id === undefined ? input('id') : [id];
  const states = id === undefined ? input('status') : [];
  const found = roster
    .standings(asker.base, ids.length === 0 ? undefined : ids)
    .filter(({ status }) => states.length === 0 || states.includes(status));
  if (id !== undefined && found.length === 0) throw new Refused('not-found');
  return ok(standings(found, timestamp));
};

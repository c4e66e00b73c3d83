import type { Sending, Sent, Sighting } from '../../vendor/writes/writer.ts';
import { printFhir } from '../document.ts';
import type { Reply } from '../outcome.ts';
import type { Resource } from '../payload.ts';
import { isId } from '../reference.ts';
import type { Service } from '../service.ts';
import { type Places, refusalOf, ruleOf } from './refusal.ts';
import type { Writable } from './rules.ts';

/** The system of the identifier by which a record names the write that made it; its value is the write's id. */
export const WRITE_SYSTEM = 'urn:practicegraph:write';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';
/** Everything is read back anyway. */
export const PREFER = { prefer: 'return=minimal' } as const;

const SEVERAL = 'The vendor has more than one record of this write.';
const UNTOLD = 'The vendor does not find records by this write’s identifier.';

/** A new resource with the identifier of its write, where the server takes one. */
export const numbered = <T extends object>(service: Service, resource: T, id: string): T =>
  service.profile.writes.numbered === 'none'
    ? resource
    : { ...resource, identifier: [{ use: 'secondary', system: WRITE_SYSTEM, value: id }] };

const criterion = (id: string): string => `${WRITE_SYSTEM}|${id}`;

/** Makes a new resource, once: a server that takes If-None-Exist answers a repetition with what it made before. */
export const create = async (
  service: Service,
  type: Writable,
  resource: object,
  sending: Pick<Sending, 'id' | 'call'>,
  places: Places,
): Promise<Sent> => {
  const { id, call } = sending;
  const keyed = service.profile.writes.numbered === 'found';
  const condition: Readonly<Record<string, string>> = keyed
    ? { 'if-none-exist': `identifier=${encodeURIComponent(criterion(id))}` }
    : {};
  const reply = await service.client.write(
    {
      method: 'POST',
      path: `/${type}`,
      name: `POST ${type}`,
      headers: { 'content-type': FHIR_JSON, ...PREFER, ...condition },
      body: printFhir(numbered(service, resource, id)),
      keyed,
    },
    call,
  );
  // with If-None-Exist, 412 says that several records of this write are there
  if (keyed && reply.status === 412) throw service.bad();
  const refusal = refusalOf(reply, service, places);
  if (refusal !== undefined) throw refusal.code === 'VERSION_CONFLICT' ? ruleOf(reply, service) : refusal;
  const key = keyOf(type, reply);
  if (key !== undefined) return { key };
  const seen: Sighting = keyed ? await findByNumber(service, type, sending) : { kind: 'absent' };
  if (seen.kind !== 'found') throw service.bad();
  return { key: seen.key };
};

const LOCATION = /\/([A-Z][A-Za-z]+)\/([^/?#]+)(?:\/_history\/[^/?#]+)?\/?$/;

/** The new id: by Location, under whichever host name the server knows itself, else by the resource that came back. */
const keyOf = (type: Writable, { headers, document }: Reply): string | undefined => {
  const [, named, id] = LOCATION.exec(`/${headers.location ?? ''}`) ?? [];
  if (named === type && id !== undefined && isId(id)) return id;
  const told = document as { readonly resourceType?: unknown; readonly id?: unknown } | null | undefined;
  return told?.resourceType === type && typeof told.id === 'string' && isId(told.id) ? told.id : undefined;
};

type Numbered = Resource<'Patient' | 'Appointment' | 'Observation' | 'Claim' | 'DocumentReference'>;
export const isOfWrite = ({ identifier }: Numbered, id: string): boolean =>
  identifier.some(({ system, value }) => system === WRITE_SYSTEM && value === id);

/** The record that this write made, by the identifier that it carries. */
export const findByNumber = async (
  service: Service,
  type: Writable,
  { id, call }: Pick<Sending, 'id' | 'call'>,
): Promise<Sighting> => {
  // one page tells: a server that goes by the identifier has no more
  const { matches, ignored } = await service.client.search(type, [['identifier', criterion(id)]], call, () => true);
  const [one, more] = matches.filter((resource: Numbered) => isOfWrite(resource, id));
  if (more !== undefined) return { kind: 'unclear', reason: SEVERAL };
  if (one !== undefined) return { kind: 'found', key: one.id };
  return matches.length > 0 || ignored('identifier') ? { kind: 'unclear', reason: UNTOLD } : { kind: 'absent' };
};

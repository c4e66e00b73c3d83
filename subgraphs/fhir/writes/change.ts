import { GraphError } from '../../../schema/errors.ts';
import { settled } from '../../vendor/parallel.ts';
import type { Sending, WriteCall } from '../../vendor/writes/writer.ts';
import { printFhir } from '../document.ts';
import type { Reply } from '../outcome.ts';
import type { Service } from '../service.ts';
import { FHIR_JSON, PREFER } from './create.ts';
import { stepsBetween } from './patch.ts';
import { type Places, refusalOf, ruleOf } from './refusal.ts';
import type { Writable } from './rules.ts';
import type { Element, Original } from './wire.ts';

export interface Changing<T extends Writable> {
  readonly type: T;
  readonly id: string;
  /** The resource with what shall be in it, made of the one that is there; all else is left as it is. */
  readonly edit: (original: Original<T>) => Element | Promise<Element>;
  readonly places: Places;
  /** Is the change as right for the resource that somebody else changed meanwhile? Absent: never. */
  readonly again?: (before: Original<T>, now: Original<T>) => boolean;
}

/**
 * Changes a resource on condition that it still is the one that was read: all of it is sent, or a patch, as the server
 * takes it. A resource that is as it shall be is not sent. One that was changed meanwhile is tried once more, where that
 * is right.
 * @throws GraphError VERSION_CONFLICT when it is another one by now
 */
export const change = async <T extends Writable>(
  service: Service,
  changing: Changing<T>,
  sending: Pick<Sending, 'call' | 'current'>,
): Promise<void> => {
  const original = await originalOf(service, changing, sending);
  const done = await settled(() => changeOnce(service, changing, original, sending.call));
  if (!(done instanceof Error)) return;
  const isStale = done instanceof GraphError && done.code === 'VERSION_CONFLICT';
  if (!isStale || changing.again === undefined) throw done;
  const now = await settled(() => service.client.original(changing.type, changing.id, sending.call));
  if (now instanceof Error || now.tag === original.tag || !changing.again(original, now)) throw done;
  await changeOnce(service, changing, now, sending.call);
};

const changeOnce = async <T extends Writable>(
  service: Service,
  { type, id, edit, places }: Changing<T>,
  original: Original<T>,
  call: WriteCall,
): Promise<void> => {
  const edited = await edit(original);
  const steps = stepsBetween(original.document, edited);
  if (steps.length === 0) return;
  const how = service.profile.writes.changes[type];
  const patch = (): Promise<Reply> => put(service, 'PATCH', { type, id, body: steps, original }, call);
  const whole = (): Promise<Reply> => put(service, 'PUT', { type, id, body: edited, original }, call);
  let reply = await (how === 'put' ? whole() : patch());
  if (how === 'either' && NO_PATCH.has(reply.status)) reply = await whole();
  const refusal = refusalOf(reply, service, places);
  if (refusal?.code === 'VERSION_CONFLICT' && reply.status === 409) {
    // some servers say so of any conflict: whether it is one of versions, the resource tells
    const now = await settled(() => service.client.original(type, id, call));
    if (!(now instanceof Error) && now.tag !== undefined && now.tag === original.tag) throw ruleOf(reply, service);
  }
  if (refusal !== undefined) throw refusal;
  if (!isReceipt(reply, type, id)) throw service.bad();
};

/** Method, media type or function unknown: nothing was done. */
const NO_PATCH: ReadonlySet<number> = new Set([405, 415, 501]);

interface Changed {
  readonly type: Writable;
  readonly id: string;
  readonly body: unknown;
  readonly original: Original<Writable>;
}

const put = (
  service: Service,
  method: 'PUT' | 'PATCH',
  { type, id, body, original: { tag } }: Changed,
  call: WriteCall,
): Promise<Reply> =>
  service.client.write(
    {
      method,
      path: `/${type}/${id}`,
      name: `${method} ${type}/{id}`,
      headers: {
        'content-type': method === 'PATCH' ? 'application/json-patch+json' : FHIR_JSON,
        ...PREFER,
        ...(tag === undefined ? {} : { 'if-match': tag }),
      },
      body: printFhir(body),
    },
    call,
  );

/** As it was read for this attempt; else it is read again, and must be the same. */
const originalOf = async <T extends Writable>(
  service: Service,
  { type, id }: Changing<T>,
  { call, current }: Pick<Sending, 'call' | 'current'>,
): Promise<Original<T>> => {
  const kept = current === undefined ? undefined : service.originalOf(current.record);
  if (kept?.resource.resourceType === type && kept.resource.id === id) return kept as Original<T>;
  const original = await service.client.original(type, id, call);
  const seen = current?.record.version?.versionId;
  if (seen != null && original.resource.meta?.versionId !== seen)
    throw new GraphError('VERSION_CONFLICT', { source: service.source });
  return original;
};

/** An answer to a change that went well: nothing, the resource, or an outcome without failures. */
const isReceipt = ({ empty, document, issues }: Reply, type: Writable, id: string): boolean => {
  if (empty) return true;
  if (issues !== undefined) return !issues.some(({ severity }) => severity === 'fatal' || severity === 'error');
  const told = document as { readonly resourceType?: unknown; readonly id?: unknown } | null | undefined;
  return told?.resourceType === type && told.id === id;
};

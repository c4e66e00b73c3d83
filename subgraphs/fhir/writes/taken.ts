import type { When } from '../../../schema/commands.ts';
import { GraphError } from '../../../schema/errors.ts';
import { settled } from '../../vendor/parallel.ts';
import { compareInstants, minutesBetween } from '../../vendor/time.ts';
import type { WriteCall } from '../../vendor/writes/writer.ts';
import { toSlot } from '../mapping/directory.ts';
import { isId } from '../reference.ts';
import type { Service } from '../service.ts';
import { isOfType } from '../slots.ts';
import { refuse } from './plan.ts';

/** What a server says of a slot that it does not give, beside 409: Oracle's rule (422) and dependency (424). */
const REFUSED: ReadonlySet<number> = new Set([400, 409, 422, 424]);

/**
 * Does it; a refusal is SLOT_TAKEN when it is one of the time. A conflict that is not one of versions is one of the time;
 * what else a server says is the same as for any broken rule, so it is asked whether the slot is still free.
 */
export const orTaken = async <R>(
  service: Service,
  slot: string | undefined,
  call: WriteCall,
  work: () => Promise<R>,
): Promise<R> => {
  const done = await settled(work);
  if (!(done instanceof Error)) return done;
  throw (await isTaken(service, slot, call, done))
    ? new GraphError('SLOT_TAKEN', { source: service.source, cause: done })
    : done;
};

const isTaken = async (
  service: Service,
  slot: string | undefined,
  call: WriteCall,
  refusal: Error,
): Promise<boolean> => {
  if (!(refusal instanceof GraphError) || !REFUSED.has(refusal.status ?? 0)) return false;
  if (refusal.code !== 'VENDOR_REJECTED' && refusal.code !== 'VALIDATION') return false;
  if (refusal.status === 409) return true;
  if (slot === undefined || !isId(slot)) return false;
  const reading = await settled(() => service.client.read('Slot', slot, call));
  if (reading instanceof Error) return false;
  return !('found' in reading) || reading.found.status !== 'free';
};

/**
 * A slot that is booked as it is: what is said beside it must be what it says.
 * @throws GraphError SLOT_TAKEN when it is not free, VALIDATION when it is another time or for something else
 */
export const checkSlot = async (
  service: Service,
  { start, minutes, type }: When & { readonly type?: string },
  id: string,
  call: WriteCall,
): Promise<void> => {
  const reading = await service.client.read('Slot', id, call);
  if (!('found' in reading) || reading.found.status !== 'free')
    throw new GraphError('SLOT_TAKEN', { source: service.source });
  const slot = toSlot(reading.found, undefined, service.context());
  if (slot === undefined) throw service.bad();
  const wrong = [
    ...(start === undefined || compareInstants(start, slot.start) === 0 ? [] : ['start']),
    ...(minutes === undefined || minutes === minutesBetween(slot.start, slot.end) ? [] : ['minutes']),
    ...(type === undefined || slot.types.length === 0 || isOfType(slot, type) ? [] : ['type']),
  ];
  refuse(wrong.map((name) => ({ path: [name], rule: 'slot', message: 'This vendor books a slot as it is.' })));
};

import type { Call } from '../../upstream/call.ts';
import type { Found, Wanted } from '../vendor/connector.ts';
import type { Reading } from './client.ts';
import { coverageParams, coveragesAlong } from './coverages.ts';
import type { Readings } from './ids.ts';
import { replacement, toPatient } from './mapping/patient.ts';
import type { Resource } from './payload.ts';
import type { Service } from './service.ts';

type Patient = Resource<'Patient'>;
type Answer<T> = T | null | Error;

/**
 * Patients by id. One whom the vendor merged into another is answered with the survivor's data under the asked key, with
 * `replacedBy`: only when the vendor says so itself, by a redirect (Epic) or by `link` (Oracle), and one step far.
 */
export const readPatients = async (
  service: Service,
  wanted: readonly Wanted<'Patient'>[],
  call: Call,
): Promise<readonly Answer<Found<'Patient'>>[]> =>
  service.merges.reading(
    wanted.map(({ key }) => key),
    () => read(service, wanted, call),
  );

const read = async (
  service: Service,
  wanted: readonly Wanted<'Patient'>[],
  call: Call,
): Promise<readonly Answer<Found<'Patient'>>[]> => {
  const keys = wanted.map(({ key }) => key);
  const along = coverageParams(service, wanted);
  const readings = await service.ids.read('Patient', keys, call, { params: along, always: along.length > 0 });
  const coverages = coveragesAlong(service, { ...readings, patients: foundIn(readings) });
  const survivors = new Map<string, string>();
  for (const [key, reading] of readings.byId) {
    const survivor = survivorOf(reading, service);
    if (survivor !== undefined) survivors.set(key, survivor);
  }
  const further = survivors.size === 0 ? undefined : await service.ids.read('Patient', [...survivors.values()], call);
  for (const [key, survivor] of survivors)
    if (isFound(further?.byId.get(survivor))) await service.merges.note(key, survivor);
  return keys.map((key) => {
    const reading = readings.byId.get(key);
    const survivor = survivors.get(key);
    if (survivor !== undefined && further !== undefined)
      return merged(key, survivor, reading, further.byId.get(survivor), service);
    const found = own(reading, service);
    const carried = coverages.get(key);
    return found === null || found instanceof Error || carried === undefined ? found : { ...found, coverages: carried };
  });
};

const foundIn = ({ byId }: Readings<'Patient'>): readonly Patient[] =>
  [...byId.values()].flatMap((reading) => (!(reading instanceof Error) && 'found' in reading ? reading.found : []));

const isFound = (reading: Reading<'Patient'> | Error | undefined): boolean =>
  reading !== undefined && !(reading instanceof Error) && 'found' in reading;

const survivorOf = (reading: Reading<'Patient'> | Error | undefined, { client }: Service): string | undefined => {
  if (reading === undefined || reading instanceof Error) return undefined;
  if ('movedTo' in reading) return reading.movedTo;
  return 'found' in reading ? replacement(reading.found, client.base) : undefined;
};

const own = (reading: Reading<'Patient'> | Error | undefined, service: Service): Answer<Found<'Patient'>> => {
  if (reading instanceof Error) return reading;
  return reading !== undefined && 'found' in reading
    ? { record: service.made(toPatient(reading.found, service.context()), reading.found), covers: 'all' }
    : null;
};

const merged = (
  key: string,
  survivor: string,
  asked: Reading<'Patient'> | Error | undefined,
  reading: Reading<'Patient'> | Error | undefined,
  service: Service,
): Answer<Found<'Patient'>> => {
  if (reading instanceof Error) return reading;
  if (reading === undefined || !('found' in reading)) return own(asked, service);
  const record = toPatient(reading.found, service.context());
  return { record: { ...record, key, externalId: key, own: { ...record.own, replacedBy: survivor } }, covers: 'all' };
};

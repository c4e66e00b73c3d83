import type { Call } from '../../../upstream/call.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import { inParallel } from '../../vendor/parallel.ts';
import { NOTICES } from '../changes/noticed.ts';
import { Walk, type Watched } from '../changes/walk.ts';
import type { Reading } from '../client.ts';
import { inGroups } from '../ids.ts';
import type { Resource } from '../payload.ts';
import type { Service } from '../service.ts';
import { About, Content } from './terms.ts';

/**
 * How far a search after a ping goes back, seconds. It may be short: what a server shows later than that is found by the
 * feeds, which ask all the time.
 */
const BACK = 10;

type Focused = Extract<Content, { readonly type: unknown }>;
type Ping = Exclude<Content, Focused>;

const isFocused = (content: Content): content is Focused => 'type' in content;

/** The types of resources that a change of a record can show in. */
const watchedFor = (about: About | undefined, { profile }: Service): readonly Watched[] => {
  const all: readonly Watched[] = about === undefined ? About.options : [about];
  return all.includes('Claim') && profile.claims.outcome !== 'none' ? [...all, 'ExplanationOfBenefit'] : all;
};

/** What changed of a type lately, by `_lastUpdated`: since our instant, or since the server's newest stamp if that is older. */
const lately = async <T extends Watched>(
  service: Service,
  type: T,
  since: number,
  call: Call,
): Promise<readonly Noticed[]> => {
  const walk = new Walk(service, type);
  const second = Math.min(await walk.newest(call), Math.floor(since / 1000));
  const { rows } = await walk.from(Math.max(second - BACK, 0), second, call);
  return rows.flatMap(({ resource }) => NOTICES[type](resource, service) ?? []);
};

/** However many pings there are, one look at each type. */
const afterPings = async (pings: readonly Ping[], service: Service, call: Call): Promise<readonly Noticed[]> => {
  const since = new Map<Watched, number>();
  for (const { ping, at } of pings)
    for (const type of watchedFor(ping, service)) since.set(type, Math.min(at, since.get(type) ?? at));
  const found = await inParallel([...since], service.concurrency, ([type, at]) => lately(service, type, at, call));
  return found.flat();
};

/** A read of its own is right at once, where a search may not find yet what was just told. */
const readings = async <T extends About>(
  service: Service,
  type: T,
  ids: readonly string[],
  call: Call,
): Promise<ReadonlyMap<string, Reading<T> | Error>> => {
  const { byId } = await service.ids.read(type, ids, call);
  const absent = ids.length < 2 ? [] : ids.filter((id) => 'absent' in (byId.get(id) ?? {}));
  const again = await inParallel(
    absent,
    service.concurrency,
    async (id) => (await service.ids.read(type, [id], call)).byId,
  );
  return new Map([...byId, ...again.flatMap((one) => [...one])]);
};

/** The records as they are now. One that is gone is a notice without a record, and so is one that goes on under another id. */
const focused = async <T extends About>(
  service: Service,
  type: T,
  told: readonly Focused[],
  call: Call,
): Promise<readonly Noticed[]> => {
  const all = Map.groupBy(told, ({ id }) => id);
  const byId = await readings(service, type, [...all.keys()], call);
  return [...all].flatMap(([key, some]) => {
    const reading = byId.get(key);
    if (reading instanceof Error) throw reading;
    if (reading !== undefined && 'found' in reading) return NOTICES[type](reading.found as Resource<T>, service) ?? [];
    const patient = some.find((one) => one.patient !== undefined)?.patient;
    // also what the server did not say to be gone may be
    const isGone = some.some(({ gone }) => gone) && reading !== undefined && 'absent' in reading;
    return {
      ...{ type, key },
      ...(patient === undefined ? {} : { patient }),
      ...(isGone ? { kind: 'DELETED' } : {}),
    } as Noticed;
  });
};

/** Explanations show in their claims; of one that is gone nobody can tell whose it was. */
const explained = async (service: Service, told: readonly Focused[], call: Call): Promise<readonly Noticed[]> => {
  const type = 'ExplanationOfBenefit';
  const groups = inGroups([...new Set(told.map(({ id }) => id))], service.urlLength(`/${type}?_id=&_count=100`));
  const found = await inParallel(groups, service.concurrency, (ids) =>
    service.client.search(type, [['_id', ids.join(',')], ...service.count(ids.length)], call),
  );
  return found.flatMap(({ matches }) => matches.flatMap((one) => NOTICES[type](one, service) ?? []));
};

/**
 * What these contents say to have changed, with the records as they are now: a few searches for all of them together.
 * @throws GraphError when the server does not answer
 */
export const noticedBy = async (
  contents: readonly unknown[],
  service: Service,
  call: Call,
): Promise<readonly Noticed[]> => {
  const told = contents.flatMap((content) => Content.safeParse(content).data ?? []);
  const noticed: Noticed[] = [];
  for (const [type, some] of Map.groupBy(told.filter(isFocused), (content) => content.type))
    noticed.push(
      ...(type === 'ExplanationOfBenefit'
        ? await explained(service, some, call)
        : await focused(service, type, some, call)),
    );
  const pings = told.filter((content): content is Ping => !isFocused(content));
  return [...noticed, ...(await afterPings(pings, service, call))];
};

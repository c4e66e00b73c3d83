import type { Mapped } from '../../schema/records.ts';
import type { Call } from '../../upstream/call.ts';
import type { Page, Window } from '../vendor/connector.ts';
import { toLocation, toPractitioner } from './mapping/directory.ts';
import { toRows } from './page.ts';
import { partialOf } from './payload.ts';
import { largestPage } from './profile.ts';
import type { Service } from './service.ts';

/** The whole list is kept while somebody turns its pages; the pages themselves are kept longer, above. */
const KEPT_MS = 60_000;

/** Everybody who gives care, by name: read once for all its pages. */
export const listPractitioners = async (
  service: Service,
  window: Window,
  call: Call,
): Promise<Page<'Practitioner'>> => {
  const { practitioners } = service.profile;
  if (practitioners === undefined) throw service.unsupported('This vendor lists practitioners only by name or number.');
  const kept = service.keptMs('Practitioner', KEPT_MS);
  const found = await service.cache.through('practitioner list', 'all', kept, call, async (shared) => {
    const params = [...practitioners, ...service.count(largestPage(service.profile, 'Practitioner'))];
    const { matches } = await service.client.search('Practitioner', params, shared);
    const context = service.context();
    return { all: matches.map((one) => toPractitioner(one, context)).sort(byName), partial: [...partialOf(matches)] };
  });
  return toRows(found.all, window, true, { partial: new Set(found.partial) });
};

const byName = (one: Mapped<'Practitioner'>, other: Mapped<'Practitioner'>): number => {
  const [a, b] = [one, other].map(({ name, key }) =>
    [name?.family ?? '\uffff', name?.given[0] ?? '', key].join('\0').toLowerCase(),
  );
  return (a ?? '') < (b ?? '') ? -1 : 1;
};

export const listLocations = async (service: Service, call: Call): Promise<readonly Mapped<'Location'>[]> => {
  const { locations } = service.profile;
  if (locations === undefined) throw service.unsupported('This vendor lists locations only by name or kind.');
  const params = [...locations, ...service.count(largestPage(service.profile, 'Location'))];
  const { matches } = await service.client.search('Location', params, call);
  const context = service.context();
  return matches.map((one) => toLocation(one, context));
};

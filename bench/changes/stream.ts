import type { ChangeRow } from '../../store/changes.ts';
import type { StoreSettings } from '../../store/index.ts';
import type { Place } from '../writes/stores.ts';
import { FOLLOWED } from './followed.ts';

const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../../dist/${file}.js`, import.meta.url).href)) as T;

const PAGE = 1_000;

/**
 * The cursors of what each portal follows, in order, as they stand in the store behind a cursor: read when the product has
 * stopped, without any of its subscriptions.
 */
export const expectedOf = async (
  { config, environment }: Place,
  after: string,
): Promise<readonly (readonly string[])[]> => {
  const { openStore } = await built<typeof import('../../store/index.ts')>('store/index');
  const { Secret } = await built<typeof import('../../upstream/source.ts')>('upstream/source');
  const { DATABASE_URL: url } = environment;
  const settings: StoreSettings =
    url === undefined ? { kind: 'folder', path: String(config.folder) } : { kind: 'postgres', url: new Secret(url) };
  const store = openStore(settings);
  try {
    await store.ready();
    const rows: ChangeRow[] = [];
    for (;;) {
      const page = await store.changes.after(rows.at(-1)?.cursor ?? after, PAGE);
      rows.push(...page);
      if (page.length < PAGE) break;
    }
    return FOLLOWED.map((wanted) => rows.filter(({ type }) => type === wanted).map(({ cursor }) => cursor));
  } finally {
    await store.close();
  }
};

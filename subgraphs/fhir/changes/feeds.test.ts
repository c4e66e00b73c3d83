import { afterEach, describe, expect, it } from 'vitest';
import type { Vendor } from '../../../schema/enums.ts';
import { ownCall } from '../../../upstream/call.ts';
import { Upstream } from '../../../upstream/upstream.ts';
import type { Feed } from '../../vendor/changes/feed.ts';
import { fingerprintOf } from '../../vendor/changes/notice.ts';
import type { Found } from '../../vendor/connector.ts';
import { connectFhir } from '../connector.ts';
import { randomBy } from '../fixtures/random.ts';
import {
  type Answered,
  type Asked,
  bundle,
  closeAll,
  closeLater,
  NOW,
  type Scripted,
  scripted,
  settingsFor,
  start,
  wanted,
} from '../fixtures/server.ts';

afterEach(closeAll);

interface Row {
  readonly id: string;
  readonly at: number;
  readonly version: string;
  /** From when on searches find it. */
  readonly shownAt: number;
}

const PAGE = 10;
const RESULTS = 60;
/** How long a version may be stamped before it is found. */
const LATE_MS = 30_000;

interface Order {
  readonly vendor: 'GENERIC_FHIR' | 'NEXTGEN';
  readonly order: (one: Row, other: Row) => number;
  readonly sorts: boolean;
  readonly versions: 'counted' | 'constant' | 'none';
}

/** A server with results, which counts rows to find its pages: whatever moves meanwhile moves the others. */
class Ward {
  now = NOW;
  readonly #rows: Row[] = [];
  readonly #order: Order;

  constructor(order: Order) {
    this.#order = order;
  }

  put(id: string, lateMs = 0, aheadMs = 0): void {
    const before = this.#rows.filter((row) => row.id === id);
    const at = Math.max(this.now, ...before.map((row) => row.shownAt)) + aheadMs; // the last one has to be over
    this.#rows.push({ id, at, version: String(before.length + 1), shownAt: at - aheadMs + lateMs });
  }

  get current(): readonly Row[] {
    const shown = this.#rows.filter(({ shownAt }) => shownAt <= this.now);
    return [...new Map(shown.map((row) => [row.id, row])).values()];
  }

  answer({ query }: Asked, base: string): Answered {
    const bounds = query.getAll('_lastUpdated').map((text) => [text.slice(0, 2), Date.parse(text.slice(2))] as const);
    const found = this.current.filter(({ at }) =>
      bounds.every(([sign, bound]) => (sign === 'ge' ? at >= bound : at < bound)),
    );
    const sort = this.#order.sorts ? query.get('_sort') : null;
    const sign = sort?.startsWith('-') === true ? -1 : 1;
    found.sort((one, other) => (sort === null ? this.#order.order(one, other) : sign * (one.at - other.at)));
    const from = Number(query.get('from') ?? 0);
    const next = new URLSearchParams(query);
    next.set('from', String(from + PAGE));
    const self = new URLSearchParams(query);
    if (!this.#order.sorts) self.delete('_sort');
    const links: Readonly<Record<string, string>> =
      from + PAGE < found.length ? { next: `${base}/Observation?${next}` } : {};
    const entries = found.slice(from, from + PAGE).map((row) => ({ resource: this.#resource(row) }));
    return { body: bundle(entries, { self: `${base}/Observation?${self}`, ...links }) };
  }

  #resource({ id, at, version }: Row): object {
    const lastUpdated = new Date(at).toISOString();
    return {
      resourceType: 'Observation',
      id,
      meta: {
        lastUpdated,
        ...{ counted: { versionId: version }, constant: { versionId: '1' }, none: {} }[this.#order.versions],
      },
      status: 'final',
      code: { text: 'x' },
      subject: { reference: 'Patient/p1' },
      valueString: version,
    };
  }
}

const ORDERS: readonly (readonly [string, Order])[] = [
  [
    'a server that sorts',
    { vendor: 'GENERIC_FHIR', sorts: true, versions: 'counted', order: (one, other) => one.at - other.at },
  ],
  [
    'a server that does not sort as asked, newest first',
    { vendor: 'GENERIC_FHIR', sorts: false, versions: 'counted', order: (one, other) => other.at - one.at },
  ],
  [
    'a server without versions, oldest first',
    { vendor: 'NEXTGEN', sorts: false, versions: 'none', order: (one, other) => one.at - other.at },
  ],
  [
    'a server with one version of everything, by id',
    { vendor: 'NEXTGEN', sorts: false, versions: 'constant', order: (one, other) => (one.id < other.id ? -1 : 1) },
  ],
];

const feedNamed = (feeds: readonly Feed[] | undefined, name: string): Feed => {
  const feed = feeds?.find((one) => one.name === name);
  if (feed === undefined) throw new Error('no such feed');
  return feed;
};

const versionIn = (one: { readonly found?: { readonly record: object } }): string => {
  const { value } = one.found?.record as { readonly value?: { readonly text?: string; readonly value?: string } };
  return String(value?.text ?? value?.value);
};

/** A source at a server, with a clock of its own for what it says of times; calls are made by the real one. */
const fedBy = (server: Scripted, vendor: Vendor, now: () => number) => {
  const settings = settingsFor(server.url, vendor);
  const upstream = new Upstream({ ...settings, limits: { ...settings.limits, perSecond: 10_000 } }, Date.now);
  closeLater(upstream, server);
  return { connector: connectFhir(settings, upstream, now), call: ownCall(60_000, Date.now) };
};

const SEED = Number(process.env.SEED ?? 261_121);
const SEEDS = Array.from({ length: Number(process.env.RUNS ?? 3) }, (_, at) => SEED + at);

describe.each(ORDERS)('%s', (_name, order) => {
  it.each(SEEDS)(
    'loses nothing and tells each version once, whatever is lost, late or moves (seed %i)',
    async (seed) => {
      const chance = randomBy(seed);
      const ward = new Ward(order);
      const any = () => `r${Math.floor(chance() * RESULTS)}`;
      for (let i = 0; i < RESULTS; i++) ward.put(`r${i}`);
      ward.now += 100_000;
      let moving = false;
      const server = await scripted((asked, base) => {
        if (moving && chance() < 0.3) ward.put(any(), chance() < 0.5 ? 0 : chance() * LATE_MS);
        return ward.answer(asked, base);
      });
      // clocks differ: the vendor's is behind
      const source = fedBy(server, order.vendor, () => ward.now + 3_600_000);
      const feed = feedNamed(source.connector.feeds, 'Observation');
      const before = new Map(ward.current.map(({ id, version }) => [id, version]));
      let place = await feed.begin(source.call);
      const told: string[] = [];
      const prints = new Set<string>();
      const reading = async (kept: boolean): Promise<boolean> => {
        const page = await feed.read(place, source.call);
        if (!kept) return true;
        told.push(...page.noticed.map((one) => `${one.key}/${versionIn(one)}`));
        for (const { type, key, found } of page.noticed)
          prints.add(`${key} ${found === undefined ? '' : fingerprintOf(type, found.record)}`);
        place = page.place;
        return page.more;
      };
      moving = true;
      for (let step = 0; step < 60; step++) {
        ward.now += [0, 1, 400, 2000, 20_000][Math.floor(chance() * 5)] ?? 0;
        for (let i = chance() * 8; i > 1; i--) ward.put(any(), chance() < 0.7 ? 0 : chance() * LATE_MS);
        if (chance() < 0.6) await reading(chance() < 0.7);
      }
      moving = false;
      ward.now += 10 * LATE_MS;
      while (await reading(true));
      const differs = ward.current.filter(({ id, version }) => before.get(id) !== version);
      expect(differs.length).toBeGreaterThan(20);
      expect(differs.map(({ id, version }) => `${id}/${version}`).filter((one) => !told.includes(one))).toEqual([]);
      expect(told.filter((one, i) => told.indexOf(one) !== i)).toEqual([]);
      expect(told.filter((one) => one.endsWith('/1'))).toEqual([]);
      expect(prints.size).toBe(told.length);
      const once = told.length;
      for (let again = 0; again < 3; again++) await reading(true);
      expect(told.length).toBe(once);
    },
  );
});

describe('a feed', () => {
  const sorting = ORDERS[0]?.[1] as Order;
  const opened = async (ward: Ward, now = () => ward.now) => {
    const server = await scripted((asked, base) => ward.answer(asked, base));
    const source = fedBy(server, 'GENERIC_FHIR', now);
    const feed = feedNamed(source.connector.feeds, 'Observation');
    return {
      feed,
      server,
      read: (place: string) => feed.read(place, source.call),
      begin: () => feed.begin(source.call),
    };
  };

  it('asks once when nothing happened', async () => {
    const ward = new Ward(sorting);
    ward.put('r1');
    const { feed, server, read, begin } = await opened(ward);
    const place = await begin();
    const before = server.requests.length;
    const page = await read(place);
    expect(page).toEqual({ noticed: [], place, more: false });
    expect(server.requests.length - before).toBe(feed.calls);
  });

  it('begins at a server that has nothing yet, and tells the first', async () => {
    const ward = new Ward(sorting);
    const { read, begin } = await opened(ward);
    const place = await begin();
    ward.put('r1');
    expect((await read(place)).noticed).toMatchObject([
      {
        type: 'Observation',
        key: 'r1',
        patient: 'p1',
        kind: 'CREATED',
        found: { covers: 'all', record: { key: 'r1' } },
      },
    ]);
  });

  it('is not led past the present by a stamp of the future', async () => {
    const ward = new Ward(sorting);
    ward.put('r0', 0, 86_400_000);
    const { read, begin } = await opened(ward);
    const place = await begin();
    ward.put('r1');
    expect((await read(place)).noticed.map(({ key }) => key)).toContain('r1');
  });

  it.each(['GENERIC_FHIR', 'NEXTGEN'] as const)('refuses a %s server that leaves the time out', async (vendor) => {
    const { connector, call } = await start(vendor, ({ url }, base) => ({
      body: bundle([], { self: `${base}${url.split('?')[0]}` }),
    }));
    for (const feed of connector.feeds ?? [])
      await expect(feed.begin(call)).rejects.toMatchObject({ code: 'UNSUPPORTED_BY_VENDOR' });
  });

  it('tells what a payer decided as a change of the claim, which then has another version', async () => {
    let decided = 1;
    const stamp = () => ({ versionId: String(decided), lastUpdated: new Date(NOW + decided * 1000).toISOString() });
    const claim = {
      resourceType: 'Claim',
      id: 'c1',
      meta: { versionId: '4', lastUpdated: new Date(NOW).toISOString() },
    };
    const told = (resourceType: string) =>
      resourceType === 'Claim'
        ? { ...claim, status: 'active', patient: { reference: 'Patient/p1' } }
        : { ...about, resourceType, meta: stamp() };
    const about = {
      id: 'e1',
      status: 'active',
      patient: { reference: 'Patient/p1' },
      claim: { reference: 'Claim/c1' },
    };
    const { connector, call } = await start('GENERIC_FHIR', ({ url }, base) => {
      const [, type = ''] = /^.(\w+)/.exec(url) ?? [];
      const along = url.includes('_revinclude') ? [{ resource: told('ExplanationOfBenefit'), mode: 'include' }] : [];
      return { body: bundle([{ resource: told(type) }, ...along], { self: `${base}${url}` }) };
    });
    const feed = feedNamed(connector.feeds, 'ExplanationOfBenefit');
    const print = async () => {
      const [found] = await connector.read.Claim(wanted('c1'), call);
      return (found as Found<'Claim'>).record.version;
    };
    const place = await feed.begin(call);
    expect(await print()).toEqual({ versionId: '4 e1/1', lastUpdated: '2026-11-20T12:00:01Z' });
    decided = 2;
    expect((await feed.read(place, call)).noticed).toEqual([{ type: 'Claim', key: 'c1', patient: 'p1' }]);
    expect(await print()).toEqual({ versionId: '4 e1/2', lastUpdated: '2026-11-20T12:00:02Z' });
  });

  it('refuses what has no stamp', async () => {
    const nameless = { resource: { resourceType: 'Patient', id: '1' } };
    const { connector, call } = await start('GENERIC_FHIR', ({ url }, base) => ({
      body: bundle([nameless], { self: `${base}${url}` }),
    }));
    await expect(feedNamed(connector.feeds, 'Patient').begin(call)).rejects.toMatchObject({
      code: 'BAD_VENDOR_ANSWER',
    });
  });
});

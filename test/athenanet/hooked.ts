import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { BASIC, type Caller, callers } from '../../sandbox/athenanet/caller.ts';
import { NOW, practiceOf } from '../../sandbox/athenanet/fixture.ts';
import { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN, type AthenanetOptions } from '../../sandbox/athenanet/simulator.ts';
import { SUBSCRIPTION_SCOPES } from '../../sandbox/athenanet/subscriptions.ts';
import { type Changes, changeRecord } from '../../sandbox/change.ts';
import type { Practice } from '../../sandbox/practice.ts';
import type { ChangeDraft } from '../../store/changes.ts';
import { connectAthenanet } from '../../subgraphs/athenanet/connector.ts';
import { connect, signedIn } from '../../subgraphs/athenanet/testbed.ts';
import type { FeedPage } from '../../subgraphs/vendor/changes/feed.ts';
import { changesOf } from '../../subgraphs/vendor/changes/notice.ts';
import type { PushedEvent } from '../../subgraphs/vendor/changes/push.ts';
import type { ConnectedSource } from '../../subgraphs/vendor/sources.ts';
import { ownCall } from '../../upstream/call.ts';
import { Secret } from '../../upstream/source.ts';
import { Upstream } from '../../upstream/upstream.ts';

const SIGN_IN = { ...ATHENANET_SIGN_IN, practiceId: ATHENANET_PRACTICE_ID };
const LIMITS = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 };
const HOOK_SECRET = 'example-shared-secret';
const SUBSCRIPTION = '/fhir/r4/Subscription';
/** Nothing is delivered twice because this machine is slow. */
const PATIENCE_MS = 60_000;
/** Readings until everything that is due must be done. */
const MOST_READINGS = 5;

/** A subscription as the vendor lists it. */
export interface Standing {
  readonly id: string;
  readonly criteria: string;
  readonly end: string;
  readonly channel: { readonly endpoint: string };
}

export interface Delivered {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** A practice that delivers what changed, and a source that has it delivered. */
export interface Hooked {
  readonly one: Caller;
  readonly practice: Practice;
  readonly url: string;
  readonly source: ConnectedSource;
  pass(ms: number): void;
  /** The practice changes a record. */
  change<T extends keyof Changes>(type: T, id: number, set: Changes[T]): void;
  place(): string | undefined;
  /** Reads the feed once, or begins; a page that is lost never reaches the place. What the source was asked for it. */
  read(fate?: 'kept' | 'lost'): Promise<{ readonly page?: FeedPage; readonly calls: readonly string[] }>;
  /** Reads until nothing is due; what the source was asked for it. */
  settle(): Promise<readonly string[]>;
  /** The process ends, and another goes on from the same place; or from none. */
  restart(options?: { readonly secret?: string; readonly url?: string; readonly forgets?: boolean }): void;
  /** Another client of the same key asks for subscriptions. */
  fhir(method: string, path?: string, body?: object): Promise<string>;
  standing(): Promise<readonly Standing[]>;
  /** What was delivered since the last look. */
  delivered(): Promise<readonly Delivered[]>;
  /** The same, opened: each delivery's events together. */
  opened(): Promise<readonly (readonly PushedEvent[])[]>;
  /** The same, with what it says to have changed as it is now. */
  told(): Promise<readonly ChangeDraft[]>;
  call(): ReturnType<typeof ownCall>;
}

const receiver = async (got: Delivered[]): Promise<string> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Delivered['headers'];
      got.push({ headers, body: Buffer.concat(chunks) });
      response.writeHead(204).end();
    });
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/springfield`;
};

export const hooked = async (options: Partial<AthenanetOptions> = {}): Promise<Hooked> => {
  const { caller, close } = callers();
  onTestFinished(close);
  const practice = practiceOf();
  const one = await caller({ practice, limits: LIMITS, delivery: { limitMs: PATIENCE_MS }, ...options });
  const got: Delivered[] = [];
  const url = await receiver(got);
  const made: string[] = [];
  let now = NOW;
  const call = () =>
    ownCall(
      30_000,
      () => now,
      ({ call: name }) => void made.push(name),
    );
  const connected = (secret: string, endpoint: string): ConnectedSource => {
    const webhook = { secret: new Secret(secret), url: endpoint };
    const bed = connect({ ...signedIn(one.simulator.url, SIGN_IN, practice.timeZone), webhook });
    const upstream = new Upstream(bed.source, () => now);
    onTestFinished(async () => {
      await bed.close();
      await upstream.close();
    });
    const connector = connectAthenanet(bed.source, upstream, () => now);
    return { id: bed.source.id, settings: bed.source, upstream, connector };
  };
  let source = connected(HOOK_SECRET, url);
  let place: string | undefined;
  const read: Hooked['read'] = async (fate = 'kept') => {
    made.splice(0);
    const feed = source.connector.feeds?.find(({ name }) => name === 'webhooks');
    if (feed === undefined) throw new Error('there is no such feed');
    const page = place === undefined ? undefined : await feed.read(place, call());
    const next = page === undefined ? await feed.begin(call()) : page.place;
    if (fate === 'kept') place = next;
    return { ...(page === undefined ? {} : { page }), calls: made.splice(0) };
  };
  const fhir: Hooked['fhir'] = async (method, path = '', body) => {
    const scope = SUBSCRIPTION_SCOPES.join(' ');
    const token = await one.token('/oauth2/v1/token', { grant_type: 'client_credentials', scope }, BASIC);
    const authorization = `Bearer ${(JSON.parse(token.text) as { access_token: string }).access_token}`;
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return (await one.send(method, `${SUBSCRIPTION}${path}`, { authorization }, sent)).text;
  };
  const delivered: Hooked['delivered'] = async () => {
    await one.simulator.outbox?.settled();
    return got.splice(0);
  };
  const opened: Hooked['opened'] = async () =>
    (await delivered()).map((delivery) => source.connector.push?.open(delivery) ?? []);
  return {
    one,
    practice,
    url,
    get source() {
      return source;
    },
    pass: (ms) => {
      now += ms;
      one.setNow(now);
    },
    change: (type, id, set) => {
      const changed = changeRecord(practice, type, id, set, now);
      one.behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed });
    },
    place: () => place,
    read,
    settle: async () => {
      const asked: string[] = [];
      for (let readings = 0; readings < MOST_READINGS; readings += 1) {
        const before = place;
        const { page, calls } = await read();
        asked.push(...calls);
        if (page?.more === false && page.place === before) return asked;
      }
      throw new Error('the feed has no end');
    },
    restart: ({ secret = HOOK_SECRET, url: endpoint = url, forgets = false } = {}) => {
      source = connected(secret, endpoint);
      if (forgets) place = undefined;
    },
    fhir,
    standing: async () => {
      const { entry } = JSON.parse(await fhir('GET')) as { readonly entry: readonly { readonly resource: Standing }[] };
      return entry.map(({ resource }) => resource);
    },
    delivered,
    opened,
    call,
    told: async () => {
      const contents = (await opened()).flat().map(({ content }) => content);
      const noticed = (await source.connector.push?.noticed(contents, call())) ?? [];
      return changesOf(noticed, 'WEBHOOK', source, call());
    },
  };
};

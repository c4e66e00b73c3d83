import { onTestFinished } from 'vitest';
import { type Answer, type Caller, callers, FORM } from '../../sandbox/athenanet/caller.ts';
import { NOW } from '../../sandbox/athenanet/fixture.ts';
import { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN, type AthenanetOptions } from '../../sandbox/athenanet/simulator.ts';
import { type Changes, changeRecord } from '../../sandbox/change.ts';
import type { Practice } from '../../sandbox/practice.ts';
import type { ChangeDraft } from '../../store/changes.ts';
import { connectAthenanet } from '../../subgraphs/athenanet/connector.ts';
import { connect, signedIn } from '../../subgraphs/athenanet/testbed.ts';
import type { Feed, FeedPage } from '../../subgraphs/vendor/changes/feed.ts';
import { changesOf } from '../../subgraphs/vendor/changes/notice.ts';
import type { ConnectedSource } from '../../subgraphs/vendor/sources.ts';
import { ownCall } from '../../upstream/call.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import { Upstream } from '../../upstream/upstream.ts';

const SIGN_IN = { ...ATHENANET_SIGN_IN, practiceId: ATHENANET_PRACTICE_ID };
const LIMITS = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 };
/** Readings until a feed must have told everything. */
const MOST_READINGS = 100;

type FeedName = 'appointments' | 'patients' | 'labresults' | 'claims';

/** What befalls a reading: nothing, or its page never reaches the stream. */
type Fate = 'kept' | 'thrown away';

/** A practice that changes, and a reader of its feeds that keeps places and fingerprints as the stream does. */
export interface Watch {
  readonly one: Caller;
  readonly practice: Practice;
  /** What the stream has, oldest first. */
  readonly stream: readonly ChangeDraft[];
  /** Everything that was noticed, also what the stream knew. */
  readonly noticed: readonly ChangeDraft[];
  now(): number;
  pass(ms: number): void;
  /** The practice changes a record. */
  change<T extends keyof Changes>(type: T, id: number, set: Changes[T]): void;
  /** Another client of the practice, signed in anew: tokens end while time passes. */
  client(method: 'GET' | 'POST' | 'PUT', path: string, fields?: Readonly<Record<string, string>>): Promise<Answer>;
  place(name: FeedName): string | undefined;
  /** Reads once, or begins; what the source was asked for that. */
  read(name: FeedName, fate?: Fate): Promise<{ readonly page?: FeedPage; readonly calls: readonly string[] }>;
  /** Reads until a look finds nothing; what came into the stream. */
  drain(name: FeedName): Promise<readonly ChangeDraft[]>;
  /** Another process with the same keys and nothing at hand. */
  source(): ConnectedSource;
  call(): ReturnType<typeof ownCall>;
}

export const watch = async (
  practice: Practice,
  options: Partial<AthenanetOptions> & { readonly skewMs?: number; readonly settings?: Partial<SourceSettings> } = {},
): Promise<Watch> => {
  const { skewMs = 0, settings, ...simulated } = options;
  const { caller, close } = callers();
  onTestFinished(close);
  let now = NOW;
  const one = await caller({ practice, limits: LIMITS, ...simulated });
  const ours = (): number => now + skewMs;
  const made: string[] = [];
  const source = (): ConnectedSource => {
    const bed = connect({ ...signedIn(one.simulator.url, SIGN_IN, practice.timeZone), ...settings });
    const upstream = new Upstream(bed.source, ours);
    onTestFinished(async () => {
      await bed.close();
      await upstream.close();
    });
    return {
      id: bed.source.id,
      settings: bed.source,
      upstream,
      connector: connectAthenanet(bed.source, upstream, ours),
    };
  };
  const call = () => ownCall(30_000, ours, ({ call: name }) => void made.push(name));
  const places = new Map<FeedName, string>();
  const prints = new Map<string, string>();
  const [stream, noticed]: [ChangeDraft[], ChangeDraft[]] = [[], []];
  const connected = source();
  const feedOf = (name: FeedName): Feed => {
    const feed = connected.connector.feeds?.find((each) => each.name === name);
    if (feed === undefined) throw new Error('no such feed');
    return feed;
  };
  const keep = (drafts: readonly ChangeDraft[]): void => {
    for (const draft of drafts) {
      const name = `${draft.type} ${draft.key}`;
      if (prints.get(name) !== draft.fingerprint) stream.push(draft);
      prints.set(name, draft.fingerprint);
    }
  };
  const read: Watch['read'] = async (name, fate = 'kept') => {
    made.splice(0);
    const place = places.get(name);
    if (place === undefined) {
      places.set(name, await feedOf(name).begin(call()));
      return { calls: made.splice(0) };
    }
    const page = await feedOf(name).read(place, call());
    const drafts = await changesOf(page.noticed, 'POLL', connected, call());
    if (fate === 'kept') {
      noticed.push(...drafts);
      keep(drafts);
      places.set(name, page.place);
    }
    return { page, calls: made.splice(0) };
  };
  return {
    one,
    practice,
    stream,
    noticed,
    now: () => now,
    pass: (ms) => {
      now += ms;
      one.setNow(now);
    },
    change: (type, id, set) => {
      const changed = changeRecord(practice, type, id, set, now);
      one.behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed });
    },
    client: async (method, path, fields = {}) => {
      const { access_token: token } = JSON.parse((await one.token()).text) as { readonly access_token: string };
      const text = new URLSearchParams(fields).toString();
      const [query, body] = method === 'GET' ? [`?${text}`, undefined] : ['', text];
      const headers = { authorization: `Bearer ${token}`, 'content-type': FORM };
      return one.send(method, `/v1/${ATHENANET_PRACTICE_ID}${path}${query}`, headers, body);
    },
    place: (name) => places.get(name),
    read,
    drain: async (name) => {
      const before = stream.length;
      for (let readings = 0; readings < MOST_READINGS; readings += 1) {
        const place = places.get(name);
        const { page } = await read(name);
        // what came while something was taken waits for the next look
        if (page?.more === false && page.place === place) return stream.slice(before);
      }
      throw new Error('the feed has no end');
    },
    source,
    call,
  };
};

import { expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../upstream/source.ts';
import { Upstream } from '../../../upstream/upstream.ts';
import { connect, type Seen, serve, type Told } from '../testbed.ts';
import { SubscriptionApi } from './api.ts';
import { Subscriptions } from './subscriptions.ts';
import { TOPIC_NAMES } from './topics.ts';

const NOW = Date.parse('2025-11-20T18:00:00Z');
const HOUR = 3_600_000;

it('does not let subscriptions pile up that the vendor lists with another address', async () => {
  const standing = new Set<string>();
  let made = 0;
  const answer = ({ method, url }: Seen): Told => {
    if (method === 'DELETE') return { status: standing.delete(url.split('/').at(-1) ?? '') ? 204 : 404, body: '' };
    if (method === 'GET') {
      const channel = { endpoint: 'https://graph.example.com:443/hooks/springfield' };
      const entry = [...standing].map((id) => ({ resource: { resourceType: 'Subscription', id, channel } }));
      return { body: { resourceType: 'Bundle', entry } };
    }
    made += 1;
    standing.add(`s${made}`);
    return { status: 201, body: { id: `s${made}` } };
  };
  const server = await serve(answer);
  const bed = connect({ baseUrl: server.url });
  const upstream = new Upstream(bed.source, Date.now);
  onTestFinished(async () => {
    await bed.close();
    await upstream.close();
    await server.close();
  });
  let now = NOW;
  const webhook = { secret: new Secret('example-shared-secret'), url: 'https://graph.example.com/hooks/springfield' };
  const feed = new Subscriptions(bed.source, webhook, new SubscriptionApi(bed.source, webhook, upstream, () => now));
  const call = { ...bed.call, now: () => now };
  let place = await feed.begin(call);
  for (let hours = 0; hours < 3; hours += 1) {
    ({ place } = await feed.read(place, call));
    now += HOUR;
  }
  expect(standing.size).toBe(TOPIC_NAMES.length);
});

import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { Metrics, metricsRoute } from './metrics.ts';
import { sourceId } from './schema/ids.ts';

const NORTH = sourceId('north');
const SOUTH = sourceId('south');

const metered = () => {
  const lines: string[] = [];
  const clock = { at: 1_000_000 };
  const metrics = new Metrics({ now: () => clock.at, tell: (line) => lines.push(line) });
  /** The samples of one figure, as Prometheus reads them. */
  const read = async (name: string): Promise<readonly string[]> =>
    (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(name));
  return { metrics, lines, clock, read };
};

const LAG = 'practicegraph_change_lag_seconds';

it('tells a source’s lag by the feed that is furthest behind, at the moment when it is asked', async () => {
  const { metrics, clock, read } = metered();
  expect(await read(LAG)).toEqual([]);
  metrics.caughtUp(NORTH, 'patients', 990_000);
  metrics.caughtUp(NORTH, 'visits', 999_000);
  metrics.caughtUp(SOUTH, 'patients', 1_000_500);
  expect(await read(LAG)).toEqual([`${LAG}{source="north"} 10`, `${LAG}{source="south"} 0`]);
  clock.at += 5_000;
  expect(await read(LAG)).toEqual([`${LAG}{source="north"} 15`, `${LAG}{source="south"} 4.5`]);
  metrics.caughtUp(NORTH, 'patients', 1_005_000);
  expect(await read(LAG)).toEqual([`${LAG}{source="north"} 6`, `${LAG}{source="south"} 4.5`]);
});

it('lets the lag of a feed that fails grow, also of one that was never read', async () => {
  const { metrics, clock, read } = metered();
  metrics.caughtUp(NORTH, 'patients', 999_000);
  metrics.failed(SOUTH, 'patients', 'TIMEOUT', 1);
  clock.at += 60_000;
  metrics.failed(NORTH, 'patients', 'TIMEOUT', 1);
  metrics.failed(SOUTH, 'patients', 'TIMEOUT', 2);
  expect(await read(LAG)).toEqual([`${LAG}{source="north"} 61`, `${LAG}{source="south"} 60`]);
});

it('says nothing of feeds that another process reads', async () => {
  const { metrics, read } = metered();
  metrics.failed(NORTH, 'patients', 'TIMEOUT', 1);
  metrics.caughtUp(NORTH, 'visits', 998_000);
  metrics.elsewhere(NORTH, 'patients');
  expect(await read(LAG)).toEqual([`${LAG}{source="north"} 2`]);
  metrics.elsewhere(NORTH, 'visits');
  metrics.elsewhere(SOUTH, 'visits');
  expect(await read(LAG)).toEqual([]);
  expect(await read('practicegraph_feed_failing{')).toEqual([]);
});

it('tells the operator once that a feed cannot be read, and once that it can again', async () => {
  const { metrics, lines, read } = metered();
  metrics.failed(NORTH, 'patients', 'TIMEOUT', 1);
  metrics.failed(NORTH, 'patients', 'TIMEOUT', 2);
  metrics.caughtUp(NORTH, 'patients', 1);
  expect(lines).toEqual([]);
  for (let i = 1; i <= 10; i++) metrics.failed(NORTH, 'patients', i < 3 ? 'TIMEOUT' : 'SOURCE_UNAVAILABLE', i);
  metrics.failed(NORTH, 'visits', 'TIMEOUT', 1);
  const begun = 'practicegraph: changes of north are not read: feed patients, SOURCE_UNAVAILABLE';
  expect(lines).toEqual([begun]);
  expect(await read('practicegraph_feed_')).toEqual([
    'practicegraph_feed_failures_total{source="north",feed="patients",code="TIMEOUT"} 4',
    'practicegraph_feed_failures_total{source="north",feed="patients",code="SOURCE_UNAVAILABLE"} 8',
    'practicegraph_feed_failures_total{source="north",feed="visits",code="TIMEOUT"} 1',
    'practicegraph_feed_failing{source="north",feed="patients"} 1',
    'practicegraph_feed_failing{source="north",feed="visits"} 1',
  ]);
  for (let i = 0; i < 3; i++) metrics.caughtUp(NORTH, 'patients', 1);
  expect(lines).toEqual([begun, 'practicegraph: changes of north are read again: feed patients']);
  expect(await read('practicegraph_feed_failing{')).toContain(
    'practicegraph_feed_failing{source="north",feed="patients"} 0',
  );
});

it('counts changes and deliveries, and how long events took', async () => {
  const { metrics, read } = metered();
  for (const cause of ['POLL', 'POLL', 'WEBHOOK'] as const) metrics.appended(NORTH, 'Claim', cause);
  for (const outcome of ['ACCEPTED', 'UNSIGNED', 'UNSIGNED'] as const) metrics.delivered(NORTH, outcome);
  for (const ms of [40, 400]) metrics.took(NORTH, ms);
  metrics.gaveUp(SOUTH);
  expect(await read('practicegraph_changes_total')).toEqual([
    'practicegraph_changes_total{source="north",type="Claim",cause="POLL"} 2',
    'practicegraph_changes_total{source="north",type="Claim",cause="WEBHOOK"} 1',
  ]);
  expect(await read('practicegraph_webhook_deliveries_total')).toEqual([
    'practicegraph_webhook_deliveries_total{source="north",outcome="ACCEPTED"} 1',
    'practicegraph_webhook_deliveries_total{source="north",outcome="UNSIGNED"} 2',
  ]);
  const seconds = await read('practicegraph_webhook_seconds');
  for (const line of [
    'practicegraph_webhook_seconds_bucket{le="0.05",source="north"} 1',
    'practicegraph_webhook_seconds_bucket{le="0.5",source="north"} 2',
    'practicegraph_webhook_seconds_sum{source="north"} 0.44',
    'practicegraph_webhook_seconds_count{source="north"} 2',
  ])
    expect(seconds).toContain(line);
  expect(await read('practicegraph_changes_given_up_total')).toEqual([
    'practicegraph_changes_given_up_total{source="south"} 1',
  ]);
});

it('serves them in Prometheus’ text format, with the process’s own', async () => {
  const { metrics } = metered();
  metrics.appended(NORTH, 'Patient', 'WRITE');
  const app = Fastify();
  app.register(async (scope) => metricsRoute(metrics.registry)(scope));
  const { headers, statusCode, body } = await app.inject('/metrics');
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(body).toContain('practicegraph_changes_total{source="north",type="Patient",cause="WRITE"} 1\n');
  expect(body).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
  expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  await app.close();
});

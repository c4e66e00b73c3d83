import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { Engine } from '../gateway/engine.ts';
import { loadOperations, OperationsError } from '../gateway/front/operations-file.ts';
import { Flights } from '../gateway/remote/flight.ts';
import { Signer } from '../gateway/remote/sign.ts';
import { RemoteSubgraph } from '../gateway/remote/subgraph.ts';
import type { Subscribing } from '../gateway/remote/subscription.ts';
import { type Graph, graphsOf } from '../gateway/remote/supergraph.ts';
import { startServer } from '../gateway/server.ts';
import { metricsRoute } from '../metrics.ts';
import { packageRoot } from '../package-root.ts';
import { EVERYBODY } from '../schema/context.ts';
import { listOf, numberOf, oneOf, optionsOf, pairsOf, portOf, print, refuse, refusing, stopOnSignal } from './line.ts';
import { CONTEXT_SECRET, sandboxSecret } from './secrets.ts';

const USAGE = `Usage: npm run gateway -- --supergraph FILE [--port N] [--host H] [options]

  --supergraph FILE                 the supergraph to serve; its subgraphs are asked over HTTP
  --port N, --host H                where to listen, 4000 and 127.0.0.1 by default
  --subgraph NAME=URL               where a subgraph is, if not where the file says; may be repeated
  --subscriptions NAME=ws|sse       how a subgraph is subscribed to, those of --sign by sse, others by ws; NAME=ws:/path
                                    for another path
  --sign all|NAME,...               subgraphs of this project, which are told who asks (${CONTEXT_SECRET})
  --forward HEADER,...              headers of the client that subgraphs get too, authorization by default
  --timeout MS                      how long one answer of a subgraph may take, 30000 by default
  --operations FILE                 the operations that are answered
  --unknown-operations refuse|log   what becomes of others, refuse by default
  --subgraph-errors masked|shown    may clients read the subgraphs' own errors? masked by default
  --override-labels LABEL,...       labels of progressive @override that are switched on
  --explorer                        GraphiQL, introspection and hints
`;

const OPTIONS = {
  supergraph: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  subgraph: { type: 'string', multiple: true },
  subscriptions: { type: 'string', multiple: true },
  sign: { type: 'string' },
  forward: { type: 'string' },
  timeout: { type: 'string' },
  operations: { type: 'string' },
  'unknown-operations': { type: 'string' },
  'subgraph-errors': { type: 'string' },
  'override-labels': { type: 'string' },
  explorer: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** Ten minutes: more than any client waits. */
const LONGEST_TIMEOUT = 600_000;

/** Headers of one connection or one body, and the one that this gateway signs: never forwarded. */
const NEVER_FORWARDED =
  /^(accept(-encoding)?|connection|content-.+|expect|host|keep-alive|proxy-.+|te|trailer|transfer-encoding|upgrade|x-practicegraph-context)$/;

/** A subgraph as it is asked. */
interface Target extends Graph {
  readonly subscribing: Subscribing | undefined;
  readonly signed: boolean;
}

type Values = ReturnType<typeof valuesOf>;

const valuesOf = (args: readonly string[]) => optionsOf(args, { options: OPTIONS }, USAGE).values;

const contentOf = async (option: string, file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return refuse(`The file of ${option} cannot be read.`);
  }
};

const checkNames = (option: string, names: Iterable<string>, known: readonly Graph[]): void => {
  for (const name of names)
    if (!known.some((graph) => graph.name === name))
      refuse(`${option} names an unknown subgraph; there are ${known.map((graph) => graph.name).join(', ')}.`);
};

const addressOf = (name: string, text: string): string => {
  if (text === '')
    return refuse(`The supergraph does not say where the subgraph ${name} is: give --subgraph ${name}=URL.`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return refuse(`The address of the subgraph ${name} must be an http or https URL without credentials.`);
  return url.href;
};

/** `ws`, `sse`, or either with another path on the subgraph's machine: `ws:/subscriptions`. */
const subscribingOf = (url: string, text: string | undefined): Subscribing | undefined => {
  if (text === undefined) return undefined;
  const [, protocol, path = new URL(url).pathname] = /^(ws|sse)(?::(\/.*))?$/.exec(text) ?? [];
  if (protocol !== 'ws' && protocol !== 'sse')
    return refuse('--subscriptions must be given as NAME=ws or NAME=sse, with :/path for another path.');
  const at = new URL(path, url);
  return { protocol, url: protocol === 'ws' ? at.href.replace(/^http/, 'ws') : at.href };
};

/** Every subgraph as the file and the options have it. @throws Refusal also for an option about none of them */
const targetsOf = (supergraph: string, values: Values): readonly Target[] => {
  const graphs = graphsOf(supergraph) ?? refuse('The file of --supergraph is not a supergraph of Federation 2.');
  const addresses = pairsOf('--subgraph', values.subgraph);
  const ways = pairsOf('--subscriptions', values.subscriptions);
  const signed = listOf(values.sign);
  checkNames('--subgraph', addresses.keys(), graphs);
  checkNames('--subscriptions', ways.keys(), graphs);
  if (values.sign !== 'all') checkNames('--sign', signed, graphs);
  return graphs.map(({ name, url: written }) => {
    const url = addressOf(name, addresses.get(name) ?? written);
    const subscribing = subscribingOf(url, ways.get(name));
    return { name, url, subscribing, signed: values.sign === 'all' || signed.includes(name) };
  });
};

/** @throws Refusal when subgraphs are signed for without a secret, unless all of them are on this machine */
const signerFor = (targets: readonly Target[]): Signer | undefined => {
  const hosts = targets.filter(({ signed }) => signed).map(({ url }) => new URL(url).hostname);
  return hosts.length === 0 ? undefined : new Signer(sandboxSecret(CONTEXT_SECRET, process.env, hosts));
};

const subgraphsOf = (
  targets: readonly Target[],
  signer: Signer | undefined,
  timeout: string | undefined,
): readonly RemoteSubgraph[] => {
  const timeoutMs = numberOf('--timeout', timeout, 1, LONGEST_TIMEOUT);
  const flights = new Flights();
  return targets.map(
    ({ name, url, subscribing, signed }) =>
      new RemoteSubgraph({
        name,
        url,
        flights,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(subscribing === undefined ? {} : { subscribing }),
        ...(signed && signer !== undefined ? { signer } : {}),
      }),
  );
};

const forwardedOf = (text: string | undefined): readonly string[] | undefined =>
  text === undefined
    ? undefined
    : listOf(text).map((name) => {
        const header = name.toLowerCase();
        return /^[!#$%&'*+.^_`|~\w-]+$/.test(header) && !NEVER_FORWARDED.test(header)
          ? header
          : refuse('--forward names a header that cannot be forwarded.');
      });

const engineOver = async (
  supergraph: string,
  subgraphs: readonly RemoteSubgraph[],
  ours: boolean,
  labels: ReadonlySet<string>,
): Promise<Engine> => {
  // subgraphs that are signed for are this project's, and so are the scalars of their graph
  const scalars = ours ? (await import('../schema/scalars.ts')).SCALARS : [];
  try {
    return new Engine(supergraph, subgraphs, { scalars, labels });
  } catch {
    // what libraries say of a supergraph quotes it
  }
  return refuse('The file of --supergraph is not a supergraph that can be served.');
};

/** What the server takes from the options. */
const serverOptions = async (values: Values) => ({
  host: values.host ?? '127.0.0.1',
  port: portOf(values.port) ?? 4000,
  explorer: values.explorer === true,
  forward: forwardedOf(values.forward),
  subgraphErrors: oneOf('--subgraph-errors', values['subgraph-errors'], ['masked', 'shown']),
  onUnknownOperation: oneOf('--unknown-operations', values['unknown-operations'], ['refuse', 'log']),
  operations: values.operations === undefined ? undefined : await loadOperations(values.operations),
});

/** The command `gateway`: only the gateway, over the remote subgraphs of any supergraph. @throws Refusal */
export const runGateway = (args: readonly string[]): Promise<void> =>
  refusing([OperationsError], async () => {
    const values = valuesOf(args);
    if (values.help === true) return print(USAGE);
    if (values.supergraph === undefined) return refuse(`--supergraph is missing.\n\n${USAGE}`);
    const options = await serverOptions(values);
    const supergraph = await contentOf('--supergraph', values.supergraph);
    const targets = targetsOf(supergraph, values);
    const signer = signerFor(targets);
    const subgraphs = subgraphsOf(targets, signer, values.timeout);
    const labels = new Set(listOf(values['override-labels']));
    const engine = await engineOver(supergraph, subgraphs, signer !== undefined, labels);
    if (options.operations !== undefined) engine.warm([...options.operations.texts]);
    const server = await startServer({
      ...options,
      engine,
      explorerRoot: join(packageRoot(), 'dist', 'explorer'),
      now: Date.now,
      authenticate: () => EVERYBODY,
      ready: () => true,
      besides: [metricsRoute(new Registry())],
    });
    print('PracticeGraph’s gateway is running.\n');
    if (options.explorer) print(`  GraphiQL    ${server.url}/graphiql`);
    print(`  the graph   ${server.url}/graphql\n`);
    for (const { name, url } of targets) print(`  ${name.padEnd(12)}${new URL(url).origin}`);
    stopOnSignal(async () => {
      await server.close();
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    });
  });

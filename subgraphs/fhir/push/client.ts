import { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import type { OutboundRequest } from '../../../upstream/request.ts';
import { literal } from '../address.ts';
import { toBundle } from '../bundle.ts';
import { printFhir } from '../document.ts';
import { opt, text } from '../elements.ts';
import type { Reply } from '../outcome.ts';
import { isId, withinBase } from '../reference.ts';
import type { Service } from '../service.ts';
import { FHIR_JSON } from '../writes/create.ts';
import { refusalOf } from '../writes/refusal.ts';
import { type Notification, type Told, toNotification, toStandings } from './status.ts';
import { subscriptionIn } from './told.ts';

/** A server that lists more than these pages does not go by the address: what is ours may be further on. */
const MOST_PAGES = 10;

const Subscription = z.object({
  resourceType: z.literal('Subscription'),
  id: z.string().refine(isId),
  status: text,
  end: text,
  criteria: text,
  channel: opt(z.object({ endpoint: text })),
});
/** A subscription as the server has it. */
export type Subscription = z.output<typeof Subscription>;

const LOCATION = /\/Subscription\/([^/?#]+)(?:\/_history\/[^/?#]+)?\/?$/;

/** Does it say for sure that the server will not do this, however often it is asked? */
export const isRefusal = ({ code, status }: GraphError): boolean =>
  ['FORBIDDEN', 'NOT_FOUND', 'UNSUPPORTED_BY_VENDOR', 'VENDOR_REJECTED', 'VALIDATION'].includes(code) ||
  status === 412 ||
  status === 428;

/** The answer, or the refusal; any other failure is thrown. */
export const unlessRefused = async <T>(work: () => Promise<T>): Promise<T | GraphError> => {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof GraphError && isRefusal(thrown)) return thrown;
    throw thrown;
  }
};

type Asked = Pick<OutboundRequest, 'method' | 'url' | 'name'> & { readonly body?: object };

/** The subscriptions of one server, of which only those to our own endpoint are ever seen. */
export class SubscriptionClient {
  readonly #service: Service;
  readonly #endpoint: string;

  constructor(service: Service, endpoint: string) {
    this.#service = service;
    this.#endpoint = endpoint;
  }

  /** @throws GraphError unless the answer is a 2xx */
  async #send({ method, url, name, body }: Asked, call: Call): Promise<Reply> {
    const reply = await this.#service.client.send(
      {
        ...{ method, url, name },
        retry: method === 'GET' ? 'read' : 'never',
        ...(body === undefined ? {} : { headers: { 'content-type': FHIR_JSON }, body: printFhir(body) }),
      },
      call,
    );
    const failure = refusalOf(reply, this.#service, {});
    if (failure !== undefined) throw failure;
    return reply;
  }

  async #get(path: string, name: string, call: Call): Promise<unknown> {
    return (await this.#send({ method: 'GET', url: path, name: `GET ${name}` }, call)).document;
  }

  /** The server's CapabilityStatement. */
  async statement(call: Call): Promise<unknown> {
    return this.#get('/metadata', 'metadata', call);
  }

  #ours(document: unknown): readonly Subscription[] {
    const { data } = Subscription.safeParse(document);
    return data?.channel?.endpoint === this.#endpoint ? [data] : [];
  }

  /** Those to our endpoint, also where the server does not search by it. */
  async ours(call: Call): Promise<readonly Subscription[]> {
    const { client, source } = this.#service;
    const found = new Map<string, Subscription>();
    let path: string | undefined = `/Subscription?url=${encodeURIComponent(literal(this.#endpoint))}&_count=200`;
    for (let page = 1; path !== undefined; page++) {
      if (page > MOST_PAGES) throw this.#service.unsupported('The server has too many subscriptions to find ours.');
      const { link, entry } = toBundle(await this.#get(path, 'Subscription', call), source);
      for (const { resource } of entry) for (const one of this.#ours(resource)) found.set(one.id, one);
      const next: string | undefined = link.find(({ relation }) => relation === 'next')?.url;
      path = next === undefined ? undefined : withinBase(next, client.base);
    }
    return [...found.values()];
  }

  /** `undefined`: it is gone, or none to our endpoint. */
  async read(id: string, call: Call): Promise<Subscription | undefined> {
    try {
      return this.#ours(await this.#get(`/Subscription/${id}`, 'Subscription/{id}', call))[0];
    } catch (thrown) {
      if ((thrown as GraphError).code === 'NOT_FOUND') return undefined;
      throw thrown;
    }
  }

  /** The id of a new one; `undefined` where the server does not tell it: it is found by a search then. */
  async create(body: object, call: Call): Promise<string | undefined> {
    const reply = await this.#send({ method: 'POST', url: '/Subscription', name: 'POST Subscription', body }, call);
    const [, id] = LOCATION.exec(`/${reply.headers.location ?? ''}`) ?? [];
    const told = id ?? this.#ours(reply.document)[0]?.id;
    return told !== undefined && isId(told) ? told : undefined;
  }

  async update(id: string, body: object, call: Call): Promise<void> {
    await this.#send({ method: 'PUT', url: `/Subscription/${id}`, name: 'PUT Subscription/{id}', body }, call);
  }

  async remove(id: string, call: Call): Promise<void> {
    await this.#send({ method: 'DELETE', url: `/Subscription/${id}`, name: 'DELETE Subscription/{id}' }, call);
  }

  /** What each says of itself, by id: all asked at once. */
  async standings(ids: readonly string[], call: Call): Promise<ReadonlyMap<string, Told>> {
    const query = ids.map((id) => `id=${id}`).join('&');
    const told = toStandings(await this.#get(`/Subscription/$status?${query}`, 'Subscription/$status', call));
    return this.#byId(told);
  }

  /** The same of one, for servers that tell only of one. */
  async standing(id: string, call: Call): Promise<ReadonlyMap<string, Told>> {
    const path = `/Subscription/${id}/$status`;
    return this.#byId(toStandings(await this.#get(path, 'Subscription/{id}/$status', call)));
  }

  #byId(told: readonly Told[] | undefined): ReadonlyMap<string, Told> {
    if (told === undefined) throw this.#service.bad();
    const { base } = this.#service.client;
    return new Map(
      told.flatMap((one) => {
        const id = subscriptionIn(one.subscription, base);
        return id === undefined ? [] : [[id, one] as const];
      }),
    );
  }

  /** Events from one number to another, both included, as far as the server still has them. */
  async events(id: string, from: bigint, until: bigint, call: Call): Promise<Notification> {
    const path = `/Subscription/${id}/$events?eventsSinceNumber=${from}&eventsUntilNumber=${until}`;
    const told = toNotification(await this.#get(path, 'Subscription/{id}/$events', call));
    if (told === undefined) throw this.#service.bad();
    return told;
  }
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import { parseJson } from '../../../upstream/json.ts';
import { SignedUpstream } from '../../../upstream/oauth.ts';
import type { Answer, OutboundRequest } from '../../../upstream/request.ts';
import type { Auth, SourceSettings, Webhook } from '../../../upstream/source.ts';
import type { Upstream } from '../../../upstream/upstream.ts';
import { isThrottled, refusal, verdictOf } from '../refusal.ts';
import { stoppingAtRefusal, VERSIONED } from '../wire.ts';
import { topicIn, topicUrl } from './topics.ts';

/** A subscription with our address, as athenaNet lists it. */
export interface Listed {
  readonly id: string;
  /** Empty when it is for another practice, or for no topic. */
  readonly topic: string;
  /** Whether athenaNet says that it sends nothing. */
  readonly isOff: boolean;
  /** Milliseconds since 1970; absent: it does not end. */
  readonly end?: number | undefined;
}

/** Given on request, and to two-legged clients alone [events]: a token of their own, so that reads never need them. */
const SCOPES = 'system/Subscription.read system/Subscription.write';

const STRUCTURES = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';
const CRITERIA = 'backport-filter-criteria';
/** More pages of subscriptions nobody has: there are some sixty topics. */
const MOST_PAGES = 10;

/** It stands in an address, where one or two dots would be another one. */
const Id = z.string().regex(/^(?!\.{1,2}$)[\w.-]{1,64}$/);
const Instant = z
  .string()
  .transform((text) => Date.parse(text))
  .pipe(z.number())
  .optional()
  .catch(undefined);
const Filters = z.object({ extension: z.array(z.object({ url: z.string(), valueString: z.string().optional() })) });
/** Whatever else is odd about one with our address, it is to be seen. */
const Subscription = z.object({
  resourceType: z.literal('Subscription'),
  id: Id,
  status: z.string().catch(''),
  end: Instant,
  criteria: z.string().catch(''),
  _criteria: Filters.optional().catch(undefined),
  channel: z.object({ endpoint: z.string() }),
});
const Made = z.object({ id: Id, end: Instant });
const Page = z.object({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.object({ resource: z.unknown().optional() })).nullish(),
  link: z.array(z.object({ relation: z.string(), url: z.string() })).nullish(),
});

const withScopes = (auth: Auth): Auth => (auth.type === 'client-credentials' ? { ...auth, scope: SCOPES } : auth);

/** A refusal that stands until somebody grants or changes something. */
const isLasting = (answer: Answer): boolean =>
  answer.status >= 400 && answer.status < 500 && ![401, 408].includes(answer.status) && !isThrottled(answer);

/**
 * The event subscriptions of one API key at athenaNet's FHIR server, as far as they are for our address and practice.
 * @throws GraphError as `refusal.ts` tells; BAD_VENDOR_ANSWER for what is not of the expected shape
 */
export class SubscriptionApi {
  readonly #source: SourceSettings;
  readonly #webhook: Webhook;
  readonly #signed: SignedUpstream;
  readonly #root: string;
  readonly #practice: string;
  readonly #now: () => number;

  constructor(source: SourceSettings, webhook: Webhook, upstream: Upstream, now: () => number) {
    this.#source = source;
    this.#webhook = webhook;
    const signing = { ...source, auth: withScopes(source.auth) };
    this.#signed = new SignedUpstream(signing, stoppingAtRefusal(upstream, source, now), now);
    this.#root = `${source.baseUrl.replace(VERSIONED, '')}/fhir/r4/Subscription`;
    this.#practice = `ah-practice=Organization/a-1.Practice-${source.practiceId}`;
    this.#now = now;
  }

  /** Those with our address, whoever made them; all others are left out. */
  async list(call: Call): Promise<readonly Listed[]> {
    const found: Listed[] = [];
    let query: string | undefined = '';
    for (let pages = 0; query !== undefined; pages += 1) {
      if (pages === MOST_PAGES) throw this.#misunderstood();
      const request = { method: 'GET', name: 'GET /fhir/r4/Subscription', retry: 'read' } as const;
      const page: z.output<typeof Page> = this.#shaped(
        Page,
        this.#told(await this.#send({ ...request, url: `${this.#root}${query}` }, call)),
      );
      found.push(...(page.entry ?? []).flatMap(({ resource }) => this.#ours(resource)));
      const next = page.link?.find(({ relation }) => relation === 'next')?.url;
      // whatever host the vendor names: our token goes to this one
      query = next !== undefined && URL.canParse(next, this.#root) ? new URL(next, this.#root).search : undefined;
    }
    return found;
  }

  /** One more, until `end`; the refusal itself where it stands for longer. The vendor may set another end. */
  async create(topic: string, end: number, call: Call): Promise<Pick<Listed, 'id' | 'end'> | GraphError> {
    const answer = await this.#send(
      {
        method: 'POST',
        name: 'POST /fhir/r4/Subscription',
        retry: 'never',
        url: this.#root,
        headers: { 'content-type': 'application/json', 'x-hub-secret': this.#webhook.secret.reveal() },
        body: JSON.stringify(this.#wish(topic, end)),
      },
      call,
    );
    const refused = refusal(answer, this.#source.id, this.#now());
    if (refused !== undefined && isLasting(answer)) return refused;
    return this.#shaped(Made, this.#told(answer));
  }

  /** False when athenaNet refuses it. One that is gone already is taken for taken away. */
  async remove(id: string, call: Call): Promise<boolean> {
    const request = { method: 'DELETE', name: 'DELETE /fhir/r4/Subscription/{id}', retry: 'never' } as const;
    const answer = await this.#send({ ...request, url: `${this.#root}/${id}` }, call);
    if ([404, 410].includes(answer.status)) return true;
    if (isLasting(answer)) return false;
    const refused = refusal(answer, this.#source.id, this.#now());
    if (refused !== undefined) throw refused;
    return true;
  }

  #ours(resource: unknown): readonly Listed[] {
    const told = Subscription.safeParse(resource);
    if (!told.success || told.data.channel.endpoint !== this.#webhook.url) return [];
    const { id, criteria, _criteria, status, end } = told.data;
    const filter = _criteria?.extension.find(({ url }) => url.endsWith(`/${CRITERIA}`))?.valueString;
    const topic = filter === undefined || filter === this.#practice ? topicIn(criteria) : '';
    return [{ id, topic, isOff: ['off', 'error', 'entered-in-error'].includes(status), end }];
  }

  /** One topic and one practice each; ids alone are sent [events]. */
  #wish(topic: string, end: number): object {
    return {
      resourceType: 'Subscription',
      meta: { profile: [`${STRUCTURES}/backport-subscription`] },
      status: 'requested',
      end: new Date(end).toISOString(),
      reason: 'PracticeGraph: changes of records',
      criteria: topicUrl(topic),
      _criteria: { extension: [{ url: `${STRUCTURES}/${CRITERIA}`, valueString: this.#practice }] },
      channel: {
        type: 'rest-hook',
        endpoint: this.#webhook.url,
        payload: 'application/fhir+json',
        _payload: { extension: [{ url: `${STRUCTURES}/backport-payload-content`, valueCode: 'id-only' }] },
      },
    };
  }

  #send(request: OutboundRequest, call: Call): Promise<Answer> {
    const headers = { accept: 'application/json', 'x-request-id': randomUUID(), ...request.headers };
    return this.#signed.send({ ...request, headers, verdict: (answer) => verdictOf(answer, this.#now()) }, call);
  }

  #told(answer: Answer): unknown {
    const refused = refusal(answer, this.#source.id, this.#now());
    if (refused !== undefined) throw refused;
    return parseJson(answer.text, this.#source.id);
  }

  #shaped<S extends z.ZodType>(shape: S, body: unknown): z.output<S> {
    const told = shape.safeParse(body);
    if (!told.success) throw this.#misunderstood();
    return told.data;
  }

  #misunderstood(): GraphError {
    return new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
  }
}

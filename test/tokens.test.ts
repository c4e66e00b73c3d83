import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { exportJWK } from 'jose';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { startEngine } from '../app.ts';
import { readConfig } from '../config.ts';
import { athenanetSimulator } from '../sandbox/athenanet/simulator.ts';
import { FHIR_SIGN_IN, fhirSimulator } from '../sandbox/fhir/simulator.ts';
import { generatePractices } from '../sandbox/generate.ts';
import type { Practice } from '../sandbox/practice.ts';
import { type Behaviour, listen, type Simulator } from '../sandbox/server.ts';
import { configOf } from '../sandbox/sources.ts';
import { unitySimulator } from '../sandbox/unity/simulator.ts';
import { contextOf, NOW } from './harness.ts';

/** Calls that are in flight at each source when its tokens expire. */
const IN_FLIGHT = 200;

const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Held {
  readonly behaviour: Behaviour;
  /** From now on so many business calls wait; when all are there, all tokens expire, and they are answered. */
  expireWith(calls: number): void;
}

const isSignIn = (name: string): boolean => /token|GetUserAuthentication|smart-configuration/i.test(name);

/**
 * A vendor that can keep calls waiting until its tokens have expired under them. It refuses one half of them at once, and
 * the other half when calls come back with a new token.
 */
const holding = (behaviour: Behaviour): Held => {
  let awaited = 0;
  const waiting: (() => void)[] = [];
  const release = (calls: number): void => {
    for (const go of waiting.splice(0, calls)) go();
  };
  const held = (): Promise<void> => {
    awaited -= 1;
    const here = new Promise<void>((resolve) => waiting.push(resolve));
    if (awaited > 0) return here;
    behaviour.expireTokens();
    release(waiting.length / 2);
    return here;
  };
  return {
    behaviour: {
      ...behaviour,
      handle: async (request) => {
        if (!isSignIn(behaviour.callName(request))) {
          if (awaited > 0) await held();
          else release(waiting.length);
        }
        return behaviour.handle(request);
      },
    },
    expireWith: (calls) => {
      awaited = calls;
    },
  };
};

/** The three vendors, and a FHIR server that is signed in at with a key. */
const vendors = async () => {
  const practices = generatePractices({ seed: 1, now: NOW, people: IN_FLIGHT + 1 });
  const now = Date.now;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const privateKeyFile = join(folder, 'key.pem');
  writeFileSync(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'ES384' as const }];
  const limits = { perSecond: 10_000, perDay: 1_000_000, tokenPerMinute: 100 };
  const held = {
    lakeside: holding(unitySimulator({ practice: practices.unity, now })),
    springfield: holding(athenanetSimulator({ practice: practices.athenanet, now, limits, still: true })),
    mercy: holding(await fhirSimulator({ practice: practices.fhir, now, still: true })),
    signed: holding(await fhirSimulator({ practice: practices.fhir, now, still: true, keys })),
  };
  const simulators: Record<keyof typeof held, Simulator> = {
    lakeside: await listen(held.lakeside.behaviour),
    springfield: await listen(held.springfield.behaviour),
    mercy: await listen(held.mercy.behaviour),
    signed: await listen(held.signed.behaviour),
  };
  const place = (name: keyof typeof held, { timeZone }: Practice) => ({ url: simulators[name].url, name, timeZone });
  const { sources } = configOf({
    unity: place('lakeside', practices.unity),
    athenanet: place('springfield', practices.athenanet),
    fhir: place('mercy', practices.fhir),
  });
  const [, , fhir] = sources;
  const auth = { type: 'smart-backend', clientId: FHIR_SIGN_IN.backendClientId, privateKeyFile, keyId: 'key-1' };
  const signed = {
    ...fhir,
    id: 'signed',
    baseUrl: fhir?.baseUrl.replace(simulators.mercy.url, simulators.signed.url),
    auth: { ...auth, scope: 'system/*.read' },
  };
  const plenty = { perSecond: 10_000, perDay: 1_000_000, concurrency: 256 };
  const content = { sources: [...sources, signed].map((one) => ({ ...one, limits: plenty })), store: { memory: true } };
  const { engine, close } = await startEngine(readConfig(content, {}));
  onTestFinished(async () => {
    await close();
    await Promise.all(Object.values(simulators).map((simulator) => simulator.close()));
  });
  const ask = async (id: string) => {
    const text = 'query ($id: ID!) { patient(id: $id) { id lastName } }';
    return engine.execute({ document: parse(text), text, variables: { id } }, contextOf([]));
  };
  const idsAt = (source: keyof typeof held): string[] => {
    if (source === 'lakeside') return practices.unity.patients.map(({ id }) => `lakeside/Patient/${id}`);
    if (source === 'springfield') return practices.athenanet.patients.map(({ id }) => `springfield/Patient/${id}`);
    return practices.fhir.patients.map(({ id }) => `${source}/Patient/pat-${id}`);
  };
  return { held, simulators, ask, idsAt };
};

it('is renewed once per source when all tokens expire under 200 calls in flight, which are all answered', async () => {
  const { held, simulators, ask, idsAt } = await vendors();
  const names = Object.keys(held) as (keyof typeof held)[];
  // the first call of each source signs in, and reads what is read once
  for (const name of names) expect((await ask(idsAt(name)[0] ?? '')).errors).toEqual([]);
  for (const name of names) {
    simulators[name].reset();
    held[name].expireWith(IN_FLIGHT);
  }
  const ids = names.flatMap((name) => idsAt(name).slice(1, IN_FLIGHT + 1));
  const answers = await Promise.all(ids.map(ask));
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  expect(answers.map(({ data }) => (data as { patient: { id: string } }).patient.id)).toEqual(ids);
  const seen = names.map((name) => {
    const { calls } = simulators[name];
    return [name, calls.filter(isSignIn), calls.filter((call) => !isSignIn(call)).length];
  });
  expect(seen).toEqual([
    ['lakeside', ['GetSecurityToken', 'Magic GetUserAuthentication'], 2 * IN_FLIGHT],
    ['springfield', ['POST token'], 2 * IN_FLIGHT],
    ['mercy', ['POST token'], 2 * IN_FLIGHT],
    ['signed', ['POST token'], 2 * IN_FLIGHT],
  ]);
});

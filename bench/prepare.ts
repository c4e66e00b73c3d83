import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compose } from '../gateway/composition.ts';
import { createPlanner } from '../gateway/planner.ts';
import type { PracticeData } from './practice/data.ts';
import { patientPage, practiceChecks, searchPage } from './practice/operations.ts';
import { reviewsData } from './reviews/data.ts';
import { reviewsChecks, reviewsOperation } from './reviews/operations.ts';
import { REVIEWS_SUBGRAPHS } from './reviews/schema.ts';
import { PREPARED, type Prepared } from './workload.ts';

const RECORD = join(import.meta.dirname, 'practice', 'record.ts');
const SUPERGRAPH = join(import.meta.dirname, '..', 'schema', 'supergraph.graphql');

/** The public benchmarks' graph, composed. */
export const reviews = (): Prepared => {
  const supergraph = compose(REVIEWS_SUBGRAPHS.map(({ name, typeDefs }) => ({ name, sdl: typeDefs })));
  return {
    name: 'reviews',
    title: 'users, products, reviews and inventory, lists nested three levels deep',
    graph: 'reviews',
    supergraph,
    apiSdl: createPlanner(supergraph).apiSdl,
    subgraphs: REVIEWS_SUBGRAPHS,
    operation: reviewsOperation,
    checks: reviewsChecks,
    data: reviewsData(),
  };
};

interface Recording {
  /** The supergraph of the product that was recorded. */
  readonly supergraph: string;
  readonly data: PracticeData;
  readonly subgraphs: Prepared['subgraphs'];
}

/** Records the product's own answers in a process of its own, since the sandbox runs in it. */
const record = async (file: string): Promise<void> => {
  const child = spawn(process.execPath, [RECORD, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('The answers of the product could not be recorded; is it built (npm run build)?');
};

const readRecording = async (file: string): Promise<Recording | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Recording);
};

/** What was recorded before, as long as the supergraph is still the same. */
const recorded = async (fresh: boolean): Promise<Recording> => {
  const file = join(PREPARED, 'recorded.json');
  const kept = fresh ? undefined : await readRecording(file);
  if (kept !== undefined && kept.supergraph === (await readFile(SUPERGRAPH, 'utf8'))) return kept;
  await record(file);
  const made = await readRecording(file);
  if (made === undefined) throw new Error('The recording is not there.');
  return made;
};

const practice = async (fresh: boolean): Promise<readonly Prepared[]> => {
  const { supergraph, data, subgraphs } = await recorded(fresh);
  const [search, person] = data.gathers;
  const stubs = [search, person].flatMap((gather) => gather?.connection.nodes as readonly { readonly id: string }[]);
  const shared = {
    graph: 'practice',
    supergraph,
    apiSdl: createPlanner(supergraph).apiSdl,
    subgraphs,
    checks: practiceChecks([...new Set(stubs.map(({ id }) => id))]),
    data,
  } as const;
  return [
    { ...shared, name: 'search-page', title: '20 patients of three vendors', operation: searchPage },
    { ...shared, name: 'patient-page', title: 'a person’s chart as three vendors have it', operation: patientPage },
  ];
};

export const WORKLOADS = ['search-page', 'patient-page', 'reviews'] as const;

/** Writes the files from which every contender reads its workload; `fresh` records the product's answers anew. */
export const prepare = async (names: readonly string[], fresh = false): Promise<void> => {
  await mkdir(PREPARED, { recursive: true });
  const made = [
    ...(names.some((name) => name !== 'reviews') ? await practice(fresh) : []),
    ...(names.includes('reviews') ? [reviews()] : []),
  ];
  await Promise.all(made.map((one) => writeFile(join(PREPARED, `${one.name}.json`), JSON.stringify(one))));
};

if (import.meta.main) await prepare(WORKLOADS);

import { SABOTAGES, sabotaged } from './sabotage.ts';

// Loaded before the product, in its process, from the build: breaks the rule that the environment names.
const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../../dist/${file}`, import.meta.url).href)) as T;

const { BENCH_SABOTAGE: named } = process.env;
const sabotage = SABOTAGES.find((one) => one === named);
if (sabotage === undefined) throw new Error('BENCH_SABOTAGE names no rule that can be broken.');
const { WriteLog } = await built<typeof import('../../store/writes.ts')>('store/writes.js');
const { Work } = await built<typeof import('../../subgraphs/vendor/writes/work.ts')>('subgraphs/vendor/writes/work.js');
sabotaged(sabotage, { WriteLog, Work });

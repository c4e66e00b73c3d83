import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OptionError } from './command.ts';
import { answerBytes, type Wrong, wrongAnswers } from './equality.ts';
import { installPeers } from './install.ts';
import { measure } from './measure.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { prepare } from './prepare.ts';
import { rowsOf, settingsOf, surroundings, type Table, tableLines, wrongLines } from './report.ts';
import { onStage, type Stage } from './stage.ts';

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const stagesOf = ({ workloads, vias }: Options) =>
  workloads.flatMap((workload) => vias.map((via) => ({ workload, via })));

/** Compares before anything is measured: a wrong answer may be a quick one. */
const compareAll = async (options: Options): Promise<readonly Wrong[]> => {
  const wrong: Wrong[] = [];
  print('Comparing every answer with the one of graphql-js over one schema.');
  for (const { workload, via } of stagesOf(options)) {
    const found = await onStage({ ...options, profile: undefined }, workload, via, async (stage) => {
      for (const { reason } of stage.absent) print(reason);
      return wrongAnswers(stage);
    });
    wrong.push(...found);
  }
  for (const line of wrongLines(wrong, options.contenders)) print(line);
  return wrong;
};

const tableOf = async (stage: Stage, options: Options): Promise<Table> => ({
  workload: stage.workload.name,
  title: stage.workload.title,
  via: stage.via,
  answerBytes: await answerBytes(stage.workload),
  rows: rowsOf(await measure(stage, options), options.contenders),
});

/** @returns whether this gateway's answers were all right, before the load and after it. */
const run = async (options: Options): Promise<boolean> => {
  if (options.contenders.some(({ role }) => role === 'peer')) await installPeers(print);
  await prepare(options.workloads, options.fresh);
  const wrong = await compareAll(options);
  const tables: Table[] = [];
  const wrongAfter: Wrong[] = [];
  for (const { workload, via } of stagesOf(options))
    await onStage(options, workload, via, async (stage) => {
      const table = await tableOf(stage, options);
      tables.push(table);
      print('');
      for (const line of tableLines(table, options.contenders)) print(line);
      wrongAfter.push(...(await wrongAnswers(stage)));
    });
  const known = new Set(wrong.map((one) => JSON.stringify(one)));
  const late = wrongAfter.filter((one) => !known.has(JSON.stringify(one)));
  print('');
  if (late.length > 0) for (const line of ['After the load:', ...wrongLines(late, options.contenders)]) print(line);
  const result = { ...(await surroundings()), settings: settingsOf(options), wrong: [...wrong, ...late], tables };
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, `${JSON.stringify(result, undefined, 2)}\n`);
  print(`Written to ${options.out}`);
  return !result.wrong.some(({ contender }) => contender === 'ours');
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) print(USAGE);
  else if (!(await run(options))) process.exitCode = 1;
} catch (failure) {
  if (!(failure instanceof OptionError)) throw failure;
  process.stderr.write(`${failure.message}\n\n${USAGE}`);
  process.exitCode = 1;
}

import { execute, parse } from 'graphql';
import { type Answer, ask, wrongAt } from './compare.ts';
import type { Contender } from './contenders.ts';
import type { Stage } from './stage.ts';
import { wholeSchema } from './whole.ts';
import type { Operation, Workload } from './workload.ts';

/** An answer that differs from the one of graphql-js over one schema: who gave it, to what, and where it differs. */
export interface Wrong {
  readonly contender: string;
  readonly workload: string;
  readonly via: string;
  /** The measured operation, or the number of the further one. */
  readonly operation: 'measured' | number;
  readonly path: string;
}

const rightAnswers = async (workload: Workload): Promise<readonly { operation: Operation; right: Answer }[]> => {
  const schema = wholeSchema(workload);
  return Promise.all(
    [workload.operation, ...workload.checks].map(async (operation) => {
      const result = await execute({
        schema,
        document: parse(operation.query),
        variableValues: operation.variables,
      });
      return { operation, right: JSON.parse(JSON.stringify(result)) as Answer };
    }),
  );
};

/** JSON.stringify has one answer only. */
const answersAll = ({ name }: Contender): boolean => name !== 'stringify';

/** Asks everybody everything. Each is asked twice, since the second answer may come from what was kept of the first. */
export const wrongAnswers = async ({ workload, via, runners, absent }: Stage): Promise<readonly Wrong[]> => {
  const expected = await rightAnswers(workload);
  const wrong: Wrong[] = absent.map(({ contender }) => ({
    contender: contender.name,
    workload: workload.name,
    via,
    operation: 'measured',
    path: 'it did not start',
  }));
  for (const { contender, child } of runners)
    for (const [i, { operation, right }] of expected.entries()) {
      if (i > 0 && !answersAll(contender)) break;
      const given = [await ask(child.url, operation), await ask(child.url, operation)];
      const path = given.map((answer) => wrongAt(right, answer)).find((found) => found !== undefined);
      if (path === undefined) continue;
      const named = { contender: contender.name, workload: workload.name, via };
      wrong.push({ ...named, operation: i === 0 ? 'measured' : i, path });
    }
  return wrong;
};

/** Bytes of the measured answer. */
export const answerBytes = async (workload: Workload): Promise<number> => {
  const [first] = await rightAnswers(workload);
  return Buffer.byteLength(JSON.stringify(first?.right));
};

import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { limitRules } from '../limits.ts';
import { createPlanner } from '../planner.ts';
import { OPERATIONS, operations } from './operations.ts';

const NOW = new Date(2026, 2, 8, 15, 30); // the day on which summer time begins in the United States
const FILLED = operations(NOW);

const definitions = (query: string): readonly OperationDefinitionNode[] =>
  parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);

const supergraph = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const graph = buildASTSchema(parse(createPlanner(supergraph).apiSdl), { assumeValidSDL: true });

const byName = (name: string) => FILLED.find((operation) => operation.name === name);

describe('the saved operations', () => {
  it('have names of their own and one sentence each', () => {
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(12);
    expect(new Set(OPERATIONS.map(({ name }) => name)).size).toBe(OPERATIONS.length);
    expect(new Set(OPERATIONS.map(({ title }) => title)).size).toBe(OPERATIONS.length);
    for (const { description } of OPERATIONS) expect(description).toMatch(/^[A-Z][^.]*\.$/);
  });

  it('begin with the patient search', () => {
    expect(OPERATIONS[0]?.name).toBe('PatientSearch');
  });

  it.each(FILLED.map((operation) => [operation.name, operation] as const))(
    'it has in %s one operation of that name, a mutation where it writes and a subscription where it is live',
    (name, { query, writes = 0, live = false }) => {
      const kind = live ? 'subscription' : 'query';
      expect(definitions(query).map((definition) => [definition.operation, definition.name?.value])).toEqual([
        [writes > 0 ? 'mutation' : kind, name],
      ]);
    },
  );

  it.each(FILLED.map((operation) => [operation.name, operation] as const))(
    'it gives %s every variable that it needs and no other',
    (_name, { query, variables = {} }) => {
      const declared = definitions(query).flatMap((definition) => definition.variableDefinitions ?? []);
      const names = declared.map(({ variable }) => variable.name.value);
      const needed = declared
        .filter(({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined)
        .map(({ variable }) => variable.name.value);
      expect(names).toEqual(expect.arrayContaining(Object.keys(variables)));
      expect(Object.keys(variables)).toEqual(expect.arrayContaining(needed));
    },
  );

  it.each(FILLED.map((operation) => [operation.name, operation] as const))(
    'it asks in %s only what the graph has, within its limits and with variables that fit',
    (_name, { query, variables = {} }) => {
      expect(validate(graph, parse(query), [...specifiedRules, ...limitRules])).toEqual([]);
      const declared = definitions(query).flatMap((definition) => definition.variableDefinitions ?? []);
      expect(getVariableValues(graph, declared, variables).errors).toBeUndefined();
    },
  );

  const midnight = (month: number, day: number) => new Date(2026, month, day).toISOString().replace('.000', '');

  it.each([
    ['a Friday', new Date(2026, 2, 6, 23, 59), midnight(2, 6), midnight(2, 7)],
    ['a Saturday', new Date(2026, 9, 31, 1), midnight(10, 2), midnight(10, 3)],
    ['a Sunday', NOW, midnight(2, 9), midnight(2, 10)],
    ['a Monday', new Date(2026, 2, 9), midnight(2, 9), midnight(2, 10)],
  ])('fill the day of %s, or the Monday after it, from midnight to midnight', (_day, now, from, to) => {
    const schedule = operations(now).find(({ name }) => name === 'DaySchedule');
    expect(schedule?.variables).toEqual({ from, to });
  });

  it('fill a week as seven days from today', () => {
    expect(byName('FreeSlots')?.variables).toMatchObject({ from: midnight(2, 8), to: midnight(2, 15) });
  });

  it('fill calendar days as dates, the last one included', () => {
    expect(byName('ClaimSearch')?.variables).toEqual({ from: '2025-12-08', to: '2026-03-08' });
  });

  it.each([
    ['a Tuesday', new Date(2026, 2, 3), new Date(2026, 2, 5, 11)],
    ['a Friday', new Date(2026, 2, 6), new Date(2026, 2, 9, 11)],
  ])('book on %s for a day on which the practice is open', (_day, now, expected) => {
    const booking = operations(now).find(({ name }) => name === 'BookAppointment');
    expect(booking?.variables).toMatchObject({ start: expected.toISOString().replace('.000', '') });
  });

  it('have keys of their own, each, and new ones whenever the list is made', () => {
    const keysAt = (now: Date) =>
      operations(now).flatMap(({ writes = 0, variables = {} }) =>
        ['key', 'secondKey'].slice(0, writes).map((name) => variables[name]),
      );
    const keys = [...keysAt(NOW), ...keysAt(new Date(NOW.getTime() + 1))];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[ -~]{8,200}$/);
  });

  it('leave the list itself without dates', () => {
    for (const { period, variables = {} } of OPERATIONS)
      if (period !== undefined) expect(Object.keys(variables)).not.toContain('from');
  });
});

import { describe, expect, it } from 'vitest';
import { readExplanation, totals } from './explanation.ts';

const CALLS = [
  { source: 'lakeside', call: 'Magic SearchPatients', ms: 80, status: 200, cache: 'MISS' },
  { source: 'mercy', call: 'GET Patient', ms: 5000, cache: 'MISS' },
  { source: 'lakeside', call: 'Magic GetPatient', ms: 1, status: 200, cache: 'HIT' },
];

const answer = (explain: unknown): string => JSON.stringify({ data: {}, extensions: { explain } });

describe('the explanation of an answer', () => {
  it.each([
    ['nothing yet', ''],
    ['an answer without extensions', '{"data":{}}'],
    ['other extensions', '{"data":{},"extensions":{"cost":3}}'],
    ['text that is no JSON', 'Request not sent.'],
    ['JSON that is no answer', '[1]'],
    ['a null', 'null'],
  ])('it finds none in %s', (_what, text) => {
    expect(readExplanation(text)).toBeUndefined();
  });

  it('keeps the calls in their order and a missing status missing', () => {
    expect(readExplanation(answer({ plan: 'hub', vendorCalls: CALLS }))).toEqual({ plan: 'hub', calls: CALLS });
  });

  it('prints a plan as a tree of its steps with their operations', () => {
    const plan = {
      kind: 'Sequence',
      nodes: [
        { kind: 'Fetch', subgraph: 'hub', operation: '{sources}' },
        { kind: 'Parallel', nodes: [{ kind: 'Fetch', subgraph: 'unity', at: ['sources.@'], operation: 'no graphql' }] },
      ],
    };
    expect(readExplanation(answer({ plan, vendorCalls: [] }))?.plan?.split('\n')).toEqual([
      'Sequence',
      '  Fetch hub',
      '    {',
      '      sources',
      '    }',
      '  Parallel',
      '    Fetch unity',
      '      at sources.@',
      '      no graphql',
    ]);
  });

  it.each([
    ['keeps text as it is', 'Fetch hub', 'Fetch hub'],
    ['prints a tree of another kind as JSON', { steps: 1 }, '{\n  "steps": 1\n}'],
    ['leaves out a plan that there is not', null, undefined],
  ])('it %s', (_what, plan, text) => {
    expect(readExplanation(answer({ plan, vendorCalls: [] }))?.plan).toBe(text);
  });

  it('survives an explanation of another shape', () => {
    expect(readExplanation(answer({ vendorCalls: 'many' }))).toEqual({ calls: [] });
  });

  it('adds up by source and does not count the cache as calls', () => {
    expect(totals(CALLS)).toEqual([
      { source: 'lakeside', made: 1, cached: 1, ms: 81 },
      { source: 'mercy', made: 1, cached: 0, ms: 5000 },
    ]);
    expect(totals([])).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { createFaults, type Fault } from './faults.ts';
import { random } from './population/random.ts';

const faults = () => createFaults(random(7));
const CALLS = 4_000;
const struck = (fault: Fault): number => {
  const all = faults();
  all.add(fault);
  return Array.from({ length: CALLS }, () => all.striking(['GET /patients'])).filter(({ length }) => length > 0).length;
};

describe('createFaults', () => {
  it.each<[string, Fault, number]>([
    ['all calls without a share', { kind: 'hang' }, CALLS],
    ['none for 0', { kind: 'hang', share: 0 }, 0],
    ['all for 1', { kind: 'hang', share: 1 }, CALLS],
    ['as often as it is told', { kind: 'hang', times: 3 }, 3],
    ['what matches', { kind: 'hang', match: '/claims' }, 0],
  ])('strikes %s', (_name, fault, expected) => {
    expect(struck(fault)).toBe(expected);
  });

  it('strikes about the share that it is told, and the same calls for the same chance', () => {
    const rare: Fault = { kind: 'hang', share: 0.05 };
    expect(struck(rare) / CALLS).toBeCloseTo(0.05, 1);
    expect(struck(rare)).toBe(struck(rare));
    expect(struck(rare)).not.toBe(0);
  });

  it('strikes a call with at most one trouble of a mix, each with its share', () => {
    const all = faults();
    all.add({ kind: 'mix', status: 0.3, hang: 0.2, reset: 0.1 });
    const troubles = Array.from({ length: CALLS }, () => all.striking(['GET /patients']));
    expect(troubles.every(({ length }) => length <= 1)).toBe(true);
    const counts = Map.groupBy(troubles.flat(), ({ kind }) => kind);
    const shareOf = (kind: 'status' | 'hang' | 'reset'): number => (counts.get(kind)?.length ?? 0) / CALLS;
    expect([shareOf('status'), shareOf('hang'), shareOf('reset')].map((share) => share.toFixed(1))).toEqual([
      '0.3',
      '0.2',
      '0.1',
    ]);
  });

  it('delays by any time of a range', () => {
    const all = faults();
    all.add({ kind: 'delay', ms: 40, upTo: 42 });
    const times = Array.from({ length: 100 }, () => all.striking([''])).flat();
    expect(new Set(times.map((one) => (one.kind === 'delay' ? one.ms : -1)))).toEqual(new Set([40, 41, 42]));
  });

  it('forgets one fault without the others', () => {
    const all = faults();
    const [first] = [all.add({ kind: 'hang' }), all.add({ kind: 'reset', times: 2 })];
    first.remove();
    expect(all.striking([''])).toEqual([{ kind: 'reset', times: 2 }]);
    expect(all.list()).toEqual([{ id: '2', kind: 'reset', times: 1 }]);
    expect(all.remove('1')).toBe(false);
    all.clear();
    expect(all.striking([''])).toEqual([]);
  });

  it.each<[string, object]>([
    ['a share above 1', { kind: 'hang', share: 1.5 }],
    ['a share that is no number', { kind: 'hang', share: 'often' }],
    ['a mix of more than everything', { kind: 'mix', status: 0.6, hang: 0.6 }],
    ['a kind that there is not', { kind: 'earthquake' }],
    ['a range that ends before it begins', { kind: 'delay', ms: 40, upTo: 20 }],
    ['a delay without a time', { kind: 'delay' }],
    ['a status that there is not', { kind: 'status', status: 9 }],
    ['half a time', { kind: 'hang', times: 0.5 }],
    ['nothing', {}],
  ])('refuses %s', (_name, fault) => {
    expect(() => faults().add(fault as Fault)).toThrow(RangeError);
  });

  it('refuses faults without end', () => {
    const all = faults();
    for (let i = 0; i < 1_000; i += 1) all.add({ kind: 'hang' });
    expect(() => all.add({ kind: 'hang' })).toThrow(RangeError);
  });
});

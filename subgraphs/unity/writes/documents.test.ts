import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import type { Commands } from '../../../schema/commands.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { connectWorld, MAGIC } from '../fixture/world.ts';
import { attempt, carryOut, refusedPaths, WRITE_ID, writerOf } from '../fixture/writing.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = async (more: Partial<UnityOptions> = {}) => {
  const simulator = await listen(unitySimulator({ practice: practice(), now: () => NOW, ...more }));
  const connected = await connectWorld<Fault>(simulator, MAGIC, UNITY_SIGN_IN, { timeoutMs: 500 });
  closing.push(connected.close);
  return { ...connected, commits: simulator.commits };
};

const LETTER: Commands['saveDocument'] = {
  patient: '10',
  type: 'sLETTER',
  title: 'A "letter" <of> thanks/& more\nover two lines',
  contentType: 'application/pdf',
  content: Buffer.from('%PDF-1.4 \u0000\u00ff').toString('base64'),
};

describe('a document', () => {
  it('is uploaded, and then kept, with the bytes that were given', async () => {
    const { connector, commits } = await world();
    const one = attempt();
    const { key } = await carryOut(connector, 'saveDocument', LETTER, one);
    expect(one.departed).toEqual(['Magic SaveDocumentImage', 'Magic SaveDocumentImage']);
    expect(commits).toMatchObject([
      {
        type: 'Document',
        id: Number(key),
        record: { patientId: 10, type: 'sLETTER', contentType: LETTER.contentType, content: LETTER.content },
      },
    ]);
    expect(await writerOf(connector, 'saveDocument').find?.(LETTER, one.sending)).toEqual({ kind: 'found', key });
  });

  it('of which the last answer was lost is found, and nothing is sent for it again', async () => {
    const { connector, simulator, commits } = await world();
    const one = attempt();
    simulator.fault({ kind: 'lose', match: '&quot;true&quot;', times: 1 });
    await expect(carryOut(connector, 'saveDocument', LETTER, one)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    expect(commits).toHaveLength(1);
    const seen = await writerOf(connector, 'saveDocument').find?.(LETTER, one.sending);
    expect(seen).toEqual({ kind: 'found', key: String(commits[0]?.id) });
  });

  it.each([
    ['before its bytes arrived', { kind: 'reset', times: 1, match: 'Magic SaveDocumentImage' }, 3],
    ['after its bytes arrived', { kind: 'lose', times: 1, match: 'Magic SaveDocumentImage' }, 3],
    ['before the last word arrived', { kind: 'reset', times: 1, match: '&quot;true&quot;' }, 3],
  ] as const)('that broke off %s is not there, and one attempt more makes it one', async (_, fault, departed) => {
    const { connector, simulator, commits } = await world();
    const one = attempt();
    simulator.fault(fault);
    await expect(carryOut(connector, 'saveDocument', LETTER, one)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    expect(await writerOf(connector, 'saveDocument').find?.(LETTER, one.sending)).toEqual({ kind: 'absent' });
    const { key } = await carryOut(connector, 'saveDocument', LETTER, one);
    expect(one.departed).toHaveLength(departed);
    expect(commits.map(({ id }) => String(id))).toEqual([key]);
  });

  it.each<[string, Partial<Commands['saveDocument']>, readonly string[]]>([
    ['a LOINC code', { type: '34133-9' }, ['type']],
    ['a kind that has no ending', { contentType: 'video/mp4' }, ['contentType']],
    ['a kind with a parameter', { contentType: 'Text/Plain; charset=utf-8' }, []],
  ])('is refused before anything leaves: %s', async (_, more, paths) => {
    const { connector, simulator } = await world();
    expect(refusedPaths(connector, { kind: 'saveDocument', input: { ...LETTER, ...more } })).toEqual(paths);
    expect(simulator.calls).toEqual([]);
  });

  it.each<[string, Partial<Commands['saveDocument']>, object]>([
    ['a type that is not on the list', { type: 'sNONE' }, { code: 'VALIDATION', issues: [{ path: ['type'] }] }],
    ['a patient who is not there', { patient: '999' }, { code: 'NOT_FOUND' }],
    ['a patient without a physician', { patient: '12' }, { code: 'VALIDATION', issues: [{ path: ['patient'] }] }],
  ])('is refused: %s', async (_, more, error) => {
    const { connector, commits } = await world();
    await expect(carryOut(connector, 'saveDocument', { ...LETTER, ...more })).rejects.toMatchObject(error);
    expect(commits).toEqual([]);
  });

  it('is planned without its content and the person', async () => {
    const { connector } = await world();
    const calls = writerOf(connector, 'saveDocument').plan(LETTER);
    expect(calls.map(({ vendorCall }) => vendorCall)).toEqual(Array(2).fill('Magic SaveDocumentImage'));
    const shown = JSON.stringify(calls);
    expect(shown).toContain('sLETTER');
    expect(shown).not.toContain(LETTER.content);
    expect(shown).not.toContain('letter');
    expect(shown).not.toContain(WRITE_ID);
  });
});

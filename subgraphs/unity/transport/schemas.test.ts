import { describe, expect, it } from 'vitest';
import { connectTo, service } from '../fixture/service.ts';
import { dataSet, magicAnswer, operation } from '../fixture/vendor.ts';
import { KnownSchemas } from './schemas.ts';

const answer = (rows: readonly Readonly<Record<string, string>>[], columns: readonly string[]): string =>
  magicAnswer(dataSet('GetPatient', rows, [...columns]));
const COLUMNS = new Map([['getpatientinfo', ['id']]]);

describe('a known schema', () => {
  it('is left out of an answer that has exactly the same', () => {
    const schemas = new KnownSchemas();
    const [one, other] = [answer([{ ID: '1' }], ['ID']), answer([{ ID: '2' }], ['ID'])];
    const { text, schema } = schemas.take(one);
    expect(text).toBe(one);
    expect(schema).toMatch(/^<xs:schema .*<\/xs:schema>$/s);
    schemas.learn(schema ?? '', COLUMNS);
    expect(schemas.take(other)).toEqual({ text: other.replace(schema ?? '', ''), schema, columns: COLUMNS });
  });

  it.each([
    ['another schema', answer([{ ID: '1' }], ['ID', 'LastName'])],
    ['no schema', '<s:Envelope><MagicResult><d:diffgram/></MagicResult></s:Envelope>'],
    [
      'a schema among the data',
      `${answer([{ ID: '1' }], ['ID']).replace(/<xs:schema.*<\/xs:schema>/s, '')}<xs:schema >`,
    ],
    ['no data', '<s:Envelope><xs:schema id="a"></xs:schema></s:Envelope>'],
  ])('is not taken for %s', (_, text) => {
    const schemas = new KnownSchemas();
    schemas.learn(schemas.take(answer([{ ID: '1' }], ['ID'])).schema ?? '', COLUMNS);
    expect(schemas.take(text)).toMatchObject({ text });
    expect(schemas.take(text).columns).toBeUndefined();
  });
});

it('gives the same tables whether a schema is new, known or changed, and when there are no rows', async () => {
  const full = { ID: '10001', LastName: 'A $& B', FirstName: '' };
  const answers = [
    answer([full], ['ID', 'LastName', 'FirstName']),
    answer([full], ['ID', 'LastName', 'FirstName']),
    answer([], ['ID', 'LastName', 'FirstName']),
    answer([{ ID: '10001', Zip: '1' }], ['ID', 'Zip']),
    answer([full], ['ID', 'LastName', 'FirstName']),
  ];
  const { server, closeClient, client } = await service((_, count) => answers[count - 1] ?? '');
  const fresh = await service((_, count) => answers[count - 1] ?? '');
  try {
    for (const [i] of answers.entries()) {
      const { tables } = await client.run('GetPatient', { patient: '10001' }, operation());
      const one = connectTo(`${fresh.server.url}/Unity/UnityService.svc`);
      expect(tables).toEqual((await one.client.run('GetPatient', { patient: '10001' }, operation())).tables);
      expect([...(tables[0]?.columns ?? [])]).toEqual(i === 3 ? ['id', 'zip'] : ['id', 'lastname', 'firstname']);
      await one.closeClient();
    }
  } finally {
    await closeClient();
    await server.close();
    await fresh.closeClient();
    await fresh.server.close();
  }
});

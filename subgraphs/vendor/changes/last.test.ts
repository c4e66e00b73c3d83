import { expect, it } from 'vitest';
import { sourceId } from '../../../schema/ids.ts';
import { lastChanges } from './last.ts';

it('says nothing of the last change where none is recorded', async () => {
  const sources = ['north', 'south'].map((id) => sourceId(id));
  expect(await lastChanges(undefined).loadMany(sources)).toEqual([null, null]);
});

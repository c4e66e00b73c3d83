import { readFile } from 'node:fs/promises';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { composeSupergraph, SUPERGRAPH_FILE, subgraphSdls } from '../supergraph.ts';

it('is committed as the code composes it (npm run supergraph writes it anew)', async () => {
  expect(await readFile(SUPERGRAPH_FILE, 'utf8')).toBe(await composeSupergraph());
});

it('composes with the reference implementation too', async () => {
  const subgraphs = await subgraphSdls();
  const { errors } = composeServices(
    subgraphs.map(({ name, sdl }) => ({ name, url: `http://${name}.example.org`, typeDefs: parse(sdl) })),
  );
  expect(errors ?? []).toEqual([]);
});

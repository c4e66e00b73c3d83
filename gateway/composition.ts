import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

/**
 * The supergraph of some subgraphs' SDL.
 * @throws Error with every composition error, which name types and fields only.
 */
export const compose = (
  subgraphs: readonly { readonly name: string; readonly sdl: string; readonly url?: string }[],
): string => {
  const result = composeServices(
    subgraphs.map(({ name, sdl, url }) => ({ name, typeDefs: parse(sdl), ...(url === undefined ? {} : { url }) })),
  );
  if (result.supergraphSdl !== undefined) return result.supergraphSdl;
  throw new Error(`The subgraphs do not compose:\n${result.errors?.map(({ message }) => message).join('\n')}`);
};

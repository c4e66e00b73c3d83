import { COMMANDS, type CommandKind } from '../../schema/commands.ts';
import type { Capability } from '../../schema/enums.ts';
import type { Ready } from '../vendors/simulators.ts';
import type { Graph } from './graph.ts';
import type { Ground } from './materials.ts';

/** One simulator of a run: the name of its source, where it is controlled, and the numbers of its people. */
export interface Simulated {
  readonly vendor: 'unity' | 'athenanet' | 'fhir';
  readonly source: string;
  readonly url: string;
  readonly people: readonly number[];
}

interface Told {
  readonly source: {
    readonly capabilities: readonly {
      readonly type: string;
      readonly capability: Capability;
      readonly level: 'NATIVE' | 'EMULATED' | 'UNSUPPORTED';
    }[];
    readonly practitioners: { readonly nodes: readonly { readonly id: string }[] };
    readonly locations: readonly { readonly id: string }[];
  } | null;
}

const ASKED = `query Ground($id: ID!) {
  source(id: $id) {
    capabilities { type capability level }
    practitioners { nodes { id } }
    locations { id }
  }
}`;

/** How patients are numbered, and what a letter is called. */
const VENDORS = {
  unity: { prefix: '', letter: 'sLETTER' },
  athenanet: { prefix: '', letter: 'ADMIN' },
  fhir: { prefix: 'pat-', letter: '51852-2', payer: 'Prairie Mutual' },
} as const;

const kindsOf = ({ capabilities }: NonNullable<Told['source']>): Ground['can'] => {
  const can = (type: string, capability: Capability): boolean =>
    capabilities.some((one) => one.type === type && one.capability === capability && one.level !== 'UNSUPPORTED');
  const kinds = (Object.keys(COMMANDS) as CommandKind[]).filter((kind) => {
    const { type, capability } = COMMANDS[kind];
    return can(type, capability);
  });
  return new Set([...kinds, ...(can('Observation', 'UPDATE') ? (['correction'] as const) : [])]);
};

/** What there is to write about at each source, as the graph tells it. @throws when it does not */
export const groundsOf = (graph: Graph, simulated: readonly Simulated[]): Promise<readonly Ground[]> =>
  Promise.all(
    simulated.map(async ({ vendor, source, url, people }) => {
      const { data } = await graph.ask<Told | null>(ASKED, { id: source });
      if (data?.source == null) throw new Error(`The source ${source} is not told.`);
      const { prefix, ...words } = VENDORS[vendor];
      return {
        ...{ source, url, ...words, can: kindsOf(data.source) },
        patients: people.map((id) => `${source}/Patient/${prefix}${id}`),
        practitioners: data.source.practitioners.nodes.map(({ id }) => id),
        locations: data.source.locations.map(({ id }) => id),
      };
    }),
  );

const SIMULATED = { unity: 'lakeside', athenanet: 'springfield', fhir: 'mercy' } as const;

/** The simulators of the benches' own process. */
export const simulatedBy = ({ urls, people }: Pick<Ready, 'urls' | 'people'>): readonly Simulated[] =>
  (['unity', 'athenanet', 'fhir'] as const).map((vendor) => ({
    vendor,
    source: SIMULATED[vendor],
    url: urls[vendor],
    people: (people[vendor] ?? []).map(({ id }) => id),
  }));

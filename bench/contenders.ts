import { join } from 'node:path';

export interface Contender {
  readonly name: string;
  readonly label: string;
  readonly file: string;
  readonly arguments: readonly string[];
  /** `bound`: no gateway, but what one is measured against. */
  readonly role: 'ours' | 'peer' | 'bound';
}

const at = (...parts: readonly string[]): string => join(import.meta.dirname, ...parts);

/** Everybody who is measured, in the order in which they take turns. */
export const CONTENDERS = [
  { name: 'ours', label: 'PracticeGraph', file: at('contenders', 'ours.ts'), arguments: [], role: 'ours' },
  { name: 'apollo', label: '@apollo/gateway', file: at('peers', 'apollo.ts'), arguments: [], role: 'peer' },
  { name: 'hive', label: 'Hive Gateway', file: at('peers', 'hive.ts'), arguments: [], role: 'peer' },
  {
    name: 'hive-rust',
    label: 'Hive Gateway, Rust planner',
    file: at('peers', 'hive.ts'),
    arguments: ['--variant', 'rust'],
    role: 'peer',
  },
  {
    name: 'stitching',
    label: '@graphql-tools/federation',
    file: at('peers', 'stitching.ts'),
    arguments: [],
    role: 'peer',
  },
  { name: 'plain', label: 'graphql-js, one schema', file: at('contenders', 'plain.ts'), arguments: [], role: 'bound' },
  { name: 'stringify', label: 'JSON.stringify', file: at('contenders', 'stringify.ts'), arguments: [], role: 'bound' },
] as const satisfies readonly Contender[];

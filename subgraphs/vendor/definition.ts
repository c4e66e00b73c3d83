import type { Vendor } from '../../schema/enums.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Auth, SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Connector, TypeCapability } from './connector.ts';

/** One vendor's folder, as the rest of the product sees it. */
export interface VendorDefinition {
  /** The subgraph's name. */
  readonly name: string;
  /** Begins the names of its types: `Athena` makes `AthenaPatient`. */
  readonly prefix: string;
  /** Values of a source's `vendor` that this folder serves. */
  readonly vendors: readonly Vendor[];
  /** Values of a source's `dialect`; the first is the default. */
  readonly dialects: readonly string[];
  readonly auth: readonly Auth['type'][];
  /** Optional settings that this vendor cannot do without. */
  readonly needs?: readonly 'practiceId'[];
  /** Whether a source with these settings tells of itself what changed, so that it may have a `webhook`. */
  readonly pushes?: (source: Pick<SourceSettings, 'vendor' | 'dialect'>) => boolean;
  /** The entity classes: `<prefix>Patient` implements Patient, ... and `<prefix>Source`. */
  readonly types: VendorTypes;
  /** What can be done at a source with these settings; its connector says the same. */
  capabilities(source: SourceSettings): readonly TypeCapability[];
  /** Builds the connector of one source. No call is made before the first question. */
  connect(source: SourceSettings, upstream: Upstream, now: () => number): Connector;
}

export type VendorTypes = { readonly [T in RecordType | 'Source']: new () => object };

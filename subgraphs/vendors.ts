import { athenanet } from './athenanet/index.ts';
import { fhir } from './fhir/index.ts';
import { unity } from './unity/index.ts';
import type { VendorDefinition } from './vendor/definition.ts';

/** Every vendor that the graph knows. A further vendor is its folder and a line here. */
export const VENDORS: readonly VendorDefinition[] = [unity, athenanet, fhir];

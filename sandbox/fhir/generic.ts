import { Refused } from './faults.ts';
import { type Profile, sealed, unsealed } from './profile.ts';
import { ALL_CONTROLS } from './query.ts';
import { GENERIC_WRITING } from './writing.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1_000;

/** A server that keeps to R4: every standard search parameter, any combination. */
export const GENERIC: Profile = {
  name: 'generic',
  // SMART Backend Services: `expires_in` should be at most 300.
  tokenSeconds: 300,
  wildcardScopes: true,
  own: [],
  identifierTypes: false,
  absoluteReferences: false,
  total: 'result',
  entryLinks: false,
  history: true,
  batch: true,
  followIncludes: false,
  echoIgnored: false,
  formOnly: false,
  metadataType: 'application/fhir+json; charset=utf-8',
  allowed: (_type, known) => (known ? { parameters: 'all', controls: ALL_CONTROLS } : undefined),
  pageSize: ({ count }) => Math.min(count ?? DEFAULT_PAGE, LARGEST_PAGE),
  pageLink: (place) => [['_page', sealed(place)]],
  pagePlace: (pairs) => {
    const word = pairs.find(([name]) => name === '_page')?.[1];
    return word === undefined ? undefined : unsealed(word);
  },
  writing: GENERIC_WRITING,
  attached: 'inline',
  find: (query, search, strict) => {
    // https://hl7.org/fhir/R4/search.html#errors: strict refuses what lenient leaves out.
    if (strict && query.ignored.length > 0) throw new Refused('unknown-parameter');
    return { matches: search.sort(search.find(query.type, query.clauses), query.sort), warnings: [] };
  },
};

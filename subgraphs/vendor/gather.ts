import { type ErrorCode, Freshness } from '../../schema/enums.ts';
import { type GatherRequest, type Hit, readRequest, type SourceHits } from '../../schema/hits.ts';
import { type RecordType, recordId } from '../../schema/ids.ts';
import type { ClaimQuery, Page, PatientQuery, Window } from './connector.ts';
import { type Searched, SORT_KEYS } from './order.ts';
import type { Session, SourceSession } from './session.ts';
import { appointmentQueryAt } from './source.ts';

const hitsOf = <T extends Searched>(type: T, page: Page<T>, source: SourceSession): Hit[] =>
  page.items.map(({ record, after }) => {
    const id = recordId(source.source.id, type, record.key);
    return { id, sort: [...SORT_KEYS[type](record), id], after };
  });

const search = async (
  request: GatherRequest,
  source: SourceSession,
  window: Window,
): Promise<{ page: Page<RecordType>; hits: Hit[]; freshness: Freshness }> => {
  if (request.kind === 'patients') {
    const { value, freshness } = await source.lists.searchPatients(request.search as PatientQuery, window);
    return { page: value, hits: hitsOf('Patient', value, source), freshness };
  }
  if (request.kind === 'claims') {
    const { value, freshness } = await source.lists.searchClaims(request.search as ClaimQuery, window);
    return { page: value, hits: hitsOf('Claim', value, source), freshness };
  }
  const query = appointmentQueryAt(source.source.id, request.search);
  if (query === undefined)
    return { page: { items: [], hasNextPage: false, totalCount: 0 }, hits: [], freshness: Freshness.LIVE };
  const { value, freshness } = await source.lists.searchAppointments(query, window);
  return { page: value, hits: hitsOf('Appointment', value, source), freshness };
};

const hitsAt = async (request: GatherRequest, source: SourceSession): Promise<SourceHits> => {
  const { now } = source.context;
  const started = now();
  const { id } = source.source;
  const after = request.positions[id];
  const window = { first: request.first, ...(after === undefined ? {} : { after }) };
  try {
    const { page, hits, freshness } = await search(request, source, window);
    return {
      source: id,
      hits,
      hasNextPage: page.hasNextPage,
      freshness,
      durationMs: Math.round(now() - started),
      ...(page.totalCount === undefined ? {} : { totalCount: page.totalCount }),
    };
  } catch (thrown) {
    const error = source.typed(thrown);
    return {
      source: id,
      hits: [],
      hasNextPage: false,
      freshness: Freshness.LIVE,
      durationMs: Math.round(now() - started),
      error: {
        code: error.code satisfies ErrorCode,
        message: error.message,
        ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
      },
    };
  }
};

/** This vendor's part of a search over vendors. Never throws: a source that fails says so in its own entry. */
export const gatherHits = async (requestKey: string, session: Session): Promise<readonly SourceHits[]> => {
  const request = readRequest(requestKey);
  const sources = request.sources.filter((id) => session.has(id));
  return Promise.all(sources.map((id) => hitsAt(request, session.source(id))));
};

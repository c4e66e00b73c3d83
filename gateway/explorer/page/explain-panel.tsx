import { useGraphiQL } from '@graphiql/react';
import { useMemo, useSyncExternalStore } from 'react';
import { type Explanation, readExplanation, type SourceTotal, totals, type VendorCall } from './explanation.ts';
import type { Switch } from './switch.ts';

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const Row = ({ head, cells }: { readonly head: string; readonly cells: readonly (string | number)[] }) => (
  <tr>
    <th scope="row">{head}</th>
    {cells.map((cell, position) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
      <td key={position}>{cell}</td>
    ))}
  </tr>
);

interface TableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [string, ...(string | number)[]])[];
}

const Table = ({ caption, columns, rows }: TableProps) => (
  <table>
    <caption>{caption}</caption>
    <thead>
      <tr>
        {columns.map((column) => (
          <th key={column} scope="col">
            {column}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map(([head, ...cells], position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same call can be made twice, and rows never move
        <Row key={position} head={head} cells={cells} />
      ))}
    </tbody>
  </table>
);

const totalRow = ({ source, made, cached, ms }: SourceTotal) => [source, made, cached, ms] as const;

const statusOf = ({ status, cache }: VendorCall): string | number =>
  status ?? (cache === 'HIT' ? 'not asked' : 'no answer');

const callRow = (made: VendorCall) => [made.source, made.call, made.ms, statusOf(made), made.cache] as const;

const Report = ({ explanation: { calls, plan } }: { readonly explanation: Explanation }) => {
  const sums = totals(calls);
  const made = sums.reduce((sum, total) => sum + total.made, 0);
  const cached = calls.length - made;
  return (
    <>
      <p role="status">
        {plural(made, 'vendor call', 'vendor calls')}, {plural(cached, 'answer', 'answers')} from the cache.
      </p>
      {calls.length > 0 && (
        <>
          <Table caption="By source" columns={['Source', 'Calls', 'Cached', 'ms']} rows={sums.map(totalRow)} />
          <Table caption="Every call" columns={['Source', 'Call', 'ms', 'Status', 'Cache']} rows={calls.map(callRow)} />
        </>
      )}
      {plan !== undefined && (
        <details>
          <summary>Query plan</summary>
          <pre>{plan}</pre>
        </details>
      )}
    </>
  );
};

const ExplainPanel = ({ asked }: { readonly asked: Switch }) => {
  const on = useSyncExternalStore(asked.watch, asked.isOn);
  const answer = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.response) ?? '';
  const explanation = useMemo(() => readExplanation(answer), [answer]);
  return (
    <section className="panel" aria-labelledby="explain-title">
      <h2 id="explain-title">Explain</h2>
      <label className="switch">
        <input type="checkbox" checked={on} onChange={(event) => asked.set(event.target.checked)} />
        Ask for explain
      </label>
      <p>
        Adds <code>x-explain: 1</code> to each request, so that the answer says which vendor calls it took.
      </p>
      {explanation === undefined ? (
        <p role="status">
          {answer === ''
            ? 'Run an operation to see what its answer took.'
            : `This answer says nothing about its calls. ${on ? 'Run it again; events of a subscription never do.' : 'Switch on, then run it again.'}`}
        </p>
      ) : (
        <Report explanation={explanation} />
      )}
    </section>
  );
};

const ExplainIcon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <path d="M4 20h16M7 16V9M12 16V4M17 16v-5" strokeLinecap="round" />
  </svg>
);

/** What the answer of the current tab cost, call by call, as a panel of GraphiQL. */
export const explainPlugin = (asked: Switch) => ({
  title: 'Explain',
  icon: ExplainIcon,
  content: () => <ExplainPanel asked={asked} />,
});

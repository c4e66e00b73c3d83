import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { useState } from 'react';
import type { Operation } from '../operations.ts';
import { explainPlugin } from './explain-panel.tsx';
import { graphFetcher } from './fetcher.ts';
import { asJson, savedPlugin } from './saved-panel.tsx';
import { hasOpenTabs, pageStorage } from './storage.ts';
import type { Switch } from './switch.ts';

interface ExplorerProps {
  readonly operations: readonly Operation[];
  readonly askForExplain: Switch;
}

/** GraphiQL over this server's graph. A visit that starts without open tabs begins with the first saved operation. */
export const Explorer = ({ operations, askForExplain }: ExplorerProps) => {
  const [fixed] = useState(() => {
    const first = hasOpenTabs() ? undefined : operations[0];
    return {
      fetcher: graphFetcher(askForExplain.isOn),
      plugins: [savedPlugin(operations), explainPlugin(askForExplain), HISTORY_PLUGIN],
      storage: pageStorage(),
      ...(first === undefined
        ? {}
        : {
            initialQuery: first.query,
            initialVariables: asJson(first.variables),
            initialHeaders: asJson(first.headers),
          }),
    };
  });
  return (
    <GraphiQL {...fixed} visiblePlugin={fixed.plugins[0]?.title} shouldPersistHeaders={false}>
      <GraphiQL.Logo>
        <h1 className="name">PracticeGraph</h1>
      </GraphiQL.Logo>
    </GraphiQL>
  );
};

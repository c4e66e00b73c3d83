import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';
import type { Operation } from '../operations.ts';

type Json = Readonly<Record<string, unknown>>;

/** The text of an editor for variables or headers. */
export const asJson = (value: Json | undefined): string => (value === undefined ? '' : JSON.stringify(value, null, 2));

/** Opens an operation in a tab: in its own when it is open unchanged, in the current when that is empty, else a new one. */
const useOpen = () => {
  const { tabs, activeTabIndex, queryEditor, variableEditor, headerEditor } = useGraphiQL((state) => ({
    tabs: state.tabs,
    activeTabIndex: state.activeTabIndex,
    queryEditor: state.queryEditor,
    variableEditor: state.variableEditor,
    headerEditor: state.headerEditor,
  }));
  const { addTab, changeTab, updateActiveTabValues } = useGraphiQLActions();
  return (operation: Operation): void => {
    const content = {
      query: operation.query,
      variables: asJson(operation.variables),
      headers: asJson(operation.headers),
    };
    const open = tabs.findIndex((tab) => tab.query === content.query && (tab.variables ?? '') === content.variables);
    if (open >= 0) {
      if (open !== activeTabIndex) changeTab(open);
      queryEditor?.focus();
      return;
    }
    if ((tabs[activeTabIndex]?.query ?? '').trim() !== '') addTab();
    updateActiveTabValues({ ...content, operationName: operation.name, response: null });
    queryEditor?.setValue(content.query);
    variableEditor?.setValue(content.variables);
    headerEditor?.setValue(content.headers);
    queryEditor?.focus();
  };
};

const SavedPanel = ({ operations }: { readonly operations: readonly Operation[] }) => {
  const open = useOpen();
  const index = useGraphiQL((state) => state.activeTabIndex);
  const current = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.operationName);
  useEffect(() => {
    document.getElementById(`graphiql-session-tab-${index}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [index]);
  return (
    <section className="panel" aria-labelledby="saved-title">
      <h2 id="saved-title">Saved operations</h2>
      <p>Each runs as it is against the sandbox. Choose one, then press Ctrl+Enter to run it.</p>
      <ol className="saved">
        {operations.map((operation) => (
          <li key={operation.name}>
            <button
              type="button"
              aria-current={operation.name === current ? 'true' : undefined}
              onClick={() => open(operation)}
            >
              <strong>{operation.title}</strong>
              <span>{operation.description}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
};

const SavedIcon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <path d="M6 3h12v18l-6-4.5L6 21Z" strokeLinejoin="round" />
  </svg>
);

/** The list of saved operations as a panel of GraphiQL. */
export const savedPlugin = (operations: readonly Operation[]) => ({
  title: 'Saved operations',
  icon: SavedIcon,
  content: () => <SavedPanel operations={operations} />,
});

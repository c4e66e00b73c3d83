const PREFIX = 'graphiql:';
/** What says nothing about anybody: colours and the sizes of the panes. */
const LASTING = /^graphiql:(theme|visiblePlugin|\w+Flex)$/;

const storeOf = (key: string): Storage => (LASTING.test(key) ? localStorage : sessionStorage);

const own = (store: Storage): string[] => Object.keys(store).filter((key) => key.startsWith(PREFIX));

type PageStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'clear' | 'length'>;

/**
 * Where GraphiQL keeps what it remembers. Queries, variables and the history can name patients, so they are gone when
 * the browser's tab is closed; how the page looks stays.
 */
export const pageStorage = (): PageStorage => ({
  getItem: (key) => storeOf(key).getItem(key),
  setItem: (key, value) => storeOf(key).setItem(key, value),
  removeItem: (key) => storeOf(key).removeItem(key),
  clear: () => {
    for (const store of [localStorage, sessionStorage]) for (const key of own(store)) store.removeItem(key);
  },
  get length() {
    return own(localStorage).length + own(sessionStorage).length;
  },
});

/** Whether this visit goes on with tabs that were open before a reload. */
export const hasOpenTabs = (): boolean => sessionStorage.getItem(`${PREFIX}tabState`) !== null;

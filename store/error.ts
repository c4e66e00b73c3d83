/** Why the store failed. Callers decide on the code, never on text. */
const SENTENCES = {
  /** It cannot be reached, does not answer in time, or was closed. */
  unavailable: 'The database cannot be reached.',
  /** The folder belongs to another process that runs. */
  locked: 'The database folder is in use by another process.',
  /** The folder holds no database that can be opened. */
  corrupt: 'The database cannot be opened.',
  /** Its tables could not be brought up to date: a newer version made them, or rights are missing. */
  unfit: 'The database’s tables cannot be brought up to date.',
} as const;

export type StoreErrorCode = keyof typeof SENTENCES;

/** The one error of this folder. No statement, no value and no address is in its message; the cause is never printed. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  readonly #thrown: unknown;

  constructor(code: StoreErrorCode, thrown?: unknown) {
    super(SENTENCES[code]);
    this.code = code;
    this.#thrown = thrown;
  }

  /** What was thrown underneath, for code that narrows further. Not `cause`: printers and loggers follow that. */
  thrown(): unknown {
    return this.#thrown;
  }
}

/** Does something; whatever it throws becomes a StoreError with this code, unless it is one already. */
export const orStoreError = async <T>(code: StoreErrorCode, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof StoreError ? thrown : new StoreError(code, thrown);
  }
};

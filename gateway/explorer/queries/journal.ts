/** What a write tells of itself, as the fragment `Journal`. */
export const WRITE = `fragment Journal on Write {
  id
  state
  replayed
  target {
    id
  }
  attempts {
    vendorCall
    outcome
    durationMs
  }
  warnings {
    path
    message
  }
}
`;

/** Why nothing was written, whatever it was. */
export const FAULTS = `... on UserError {
      code
      message
    }
    ... on ValidationFailed {
      issues {
        path
        message
      }
    }`;

/** What is not saved yet, or will not be. */
export const NOT_SAVED = `... on WritePending {
      reason
      write {
        ...Journal
      }
    }
    ${FAULTS}`;

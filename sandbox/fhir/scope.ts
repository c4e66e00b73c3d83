const SCOPE = /^(?:system|user|patient)\/([A-Z][A-Za-z]+|\*)\.(read|write|\*|c?r?u?d?s?)$/;

/** SMART scopes, old spelling (`.read`) and new (`.rs`): the letters of `cruds` that each stands for. */
const lettersOf = (action: string): string => ({ read: 'rs', write: 'cud', '*': 'cruds' })[action] ?? action;

/**
 * The part of the asked scopes that is granted, empty when there is none. Letters out of order and constraints
 * (`?category=`) are not granted; Oracle takes no wildcard for the type.
 */
export const grantable = (asked: string, wildcards: boolean): string =>
  asked
    .split(/\s+/)
    .filter((scope) => {
      const [, type, action = ''] = SCOPE.exec(scope) ?? [];
      return type !== undefined && action !== '' && (wildcards || type !== '*');
    })
    .join(' ');

const LETTERS = { create: 'c', read: 'r', update: 'u', delete: 'd', search: 's' } as const;

/** What a request does to a type; a patch is an update. */
export type Action = keyof typeof LETTERS;

/** Whether a granted scope covers doing this to a type; without scope everything is covered. */
export const permits = (scope: string | undefined, type: string, action: Action): boolean =>
  scope === undefined ||
  scope.split(' ').some((one) => {
    const [, granted, letters = ''] = SCOPE.exec(one) ?? [];
    return (granted === type || granted === '*') && lettersOf(letters).includes(LETTERS[action]);
  });

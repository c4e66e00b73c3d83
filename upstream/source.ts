import type { Vendor } from '../schema/enums.ts';
import type { RecordType, SourceId } from '../schema/ids.ts';

/** How to sign in at a vendor. Secrets are already resolved from the environment. */
export type Auth =
  | { readonly type: 'none' }
  | { readonly type: 'bearer'; readonly token: Secret }
  | { readonly type: 'basic'; readonly username: string; readonly password: Secret }
  | {
      readonly type: 'client-credentials';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: Secret;
      /** How id and secret are sent: `basic` when absent, or in the `body` where a vendor wants that. */
      readonly clientAuthentication?: 'basic' | 'body';
      readonly scope?: string;
    }
  | {
      readonly type: 'smart-backend';
      readonly clientId: string;
      readonly privateKeyFile: string;
      readonly keyId?: string;
      readonly scope: string;
      /** Found by `.well-known/smart-configuration` when absent. */
      readonly tokenUrl?: string;
    }
  | {
      readonly type: 'unity';
      readonly appName: string;
      readonly username: string;
      readonly password: Secret;
      readonly ehrUser: string;
      readonly ehrPassword: Secret;
    };

/** How long a source's answers may be shown again. */
export interface CacheSettings {
  /** Seconds by type of record, where the defaults are not wanted; 0: never. */
  readonly ttlSeconds: Readonly<Partial<Record<RecordType, number>>>;
  /** How many seconds longer an answer may stand in when the vendor fails; 0: never. */
  readonly staleSeconds: number;
}

export type WriteMode = 'off' | 'shadow' | 'on';

/** One source of `sources.yaml`: a practice's connection to one vendor system. */
export interface Webhook {
  readonly secret: Secret;
  /** As the vendor reaches it: `https://graph.example.com/hooks/<source>`. */
  readonly url: string;
}

export interface SourceSettings {
  readonly id: SourceId;
  readonly name: string;
  readonly vendor: Vendor;
  readonly dialect: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** IANA; the zone of every local time that the vendor sends without one. */
  readonly timeZone: string;
  readonly practiceId?: string;
  readonly auth: Auth;
  /** Calls a second and a day (UTC), and calls at once. */
  readonly limits: { readonly perSecond: number; readonly perDay: number; readonly concurrency: number };
  /** How long one attempt of a vendor call may take once it is sent, milliseconds. */
  readonly timeoutMs: number;
  readonly cache: CacheSettings;
  readonly allowPrivateNetwork: boolean;
  /** off: refused. shadow: everything but the vendor's write calls. on: carried out. */
  readonly writes: WriteMode;
  /** Where the vendor may tell of changes, and by what we know that it is the vendor. Absent: it is only asked. */
  readonly webhook?: Webhook;
  /** The practice's own laboratory codes, each with its LOINC code. */
  readonly labCodes: Readonly<Record<string, string>>;
}

/** A secret that prints as a mask wherever it is logged, inspected or serialised. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The secret itself, to be used and not kept. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

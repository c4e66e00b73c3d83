/** One token: who it is bound to, and when it was last used. */
export interface Session {
  user?: string;
  usedAt: number;
}

export interface Sessions {
  open(): string;
  /** The session of a token, and a new start of its idle time; undefined when the token is unknown, retired or too old. */
  use(token: string): Session | undefined;
  retire(token: string): void;
  clear(): void;
}

/** A token dies when nobody used it for this long. */
export const IDLE_LIFE = 20 * 60_000;

/** Keeps the tokens of a server. */
export const createSessions = (now: () => number, newToken: () => string): Sessions => {
  const sessions = new Map<string, Session>();
  const alive = (session: Session): boolean => now() - session.usedAt < IDLE_LIFE;
  return {
    open: () => {
      for (const [token, session] of sessions) if (!alive(session)) sessions.delete(token);
      const token = newToken().toUpperCase();
      sessions.set(token, { usedAt: now() });
      return token;
    },
    use: (token) => {
      const session = sessions.get(token);
      if (!session) return undefined;
      if (!alive(session)) {
        sessions.delete(token);
        return undefined;
      }
      session.usedAt = now();
      return session;
    },
    retire: (token) => {
      sessions.delete(token);
    },
    clear: () => sessions.clear(),
  };
};

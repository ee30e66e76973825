/** What a way of logging in gives for the next request. */
export interface LoginResult {
  /** Request headers, names in lower case. */
  headers?: Record<string, string | string[]>;
  /** Client certificate and key, in PEM. */
  cert?: string;
  key?: string;
}

/** One way of logging in: a static token, a token file, a client certificate, an exec plugin, … */
export interface Login {
  /** Answers from memory while what it has is fresh. @throws Error naming what could not be had, never its value. */
  current(): Promise<LoginResult>;
  /** Forgets what is cached. Absent when nothing could ever be fresher. */
  expire?(): void;
}

/** The header of a bearer token. */
export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

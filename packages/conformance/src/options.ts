import type { Generation } from './check.ts';
import type { Token } from './http/caller.ts';
import type { CheckResult } from './report/report.ts';

export interface ConformanceOptions {
  /** `http://host:port`, `https://host:port` or `unix:///path.sock`. */
  readonly url: string;
  /** Asked before every call; without it none is shown. */
  readonly token?: Token | undefined;
  /** Whether a call without the token must be refused. Default: true but for unix sockets. */
  readonly demandsToken?: boolean | undefined;
  /** Default `auto`: whatever the capabilities name; v1 when there are none. */
  readonly protocol?: Generation | 'auto' | undefined;
  /** Of the checks' pods; has to have `sh`, `echo` and `sleep`. Default `busybox:latest`. */
  readonly image?: string | undefined;
  /** Kills the sidecar and starts it again. Without it the checks of restarts are skipped. */
  readonly restart?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Names of checks. Default: all. */
  readonly only?: ReadonlyArray<string> | undefined;
  /** How long an answer, or a pod's next state, may take. Default 60 s. */
  readonly patienceMs?: number | undefined;
  /** Checks at one time. Default 8. */
  readonly parallel?: number | undefined;
  readonly onResult?: ((result: CheckResult) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

import type { AttachOptions } from '@interlink/protocol';

/** What the query of an exec or attach says (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/server/server.go). */
export interface CommandRequest {
  readonly command: ReadonlyArray<string>;
  /** The streams that the caller has. */
  readonly streams: AttachOptions;
}

/** Reads `command=…&command=…&input=1&output=1&error=1&tty=1`; only the exact `1` counts. With `tty` there is no stderr. */
export function parseCommandRequest(query: string): CommandRequest {
  const values = new URLSearchParams(query);
  const isSet = (name: string) => values.get(name) === '1';
  const tty = isSet('tty');
  return {
    command: values.getAll('command'),
    streams: { stdin: isSet('input'), stdout: isSet('output'), stderr: isSet('error') && !tty, tty },
  };
}

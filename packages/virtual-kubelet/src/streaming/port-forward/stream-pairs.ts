import type { SpdyStream } from '../spdy/stream.ts';
import type { ForwardedPort } from './forward-port.ts';
import { parsePort } from './ports.ts';

interface Half {
  readonly stream: SpdyStream;
  readonly type: 'error' | 'data';
  readonly port: number;
  /** What its other half has, too. */
  readonly key: string;
}

/**
 * Each connection has two streams, error and data, of one request id
 * (https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go).
 */
export class StreamPairs {
  readonly #halves = new Map<string, Half & { readonly late: NodeJS.Timeout }>();
  readonly #timeoutMs: number;
  readonly #onPair: (pair: ForwardedPort) => void;

  constructor(timeoutMs: number, onPair: (pair: ForwardedPort) => void) {
    this.#timeoutMs = timeoutMs;
    this.#onPair = onPair;
  }

  /** Accepts the stream or turns it down. Without its other half, it is reset after a while. */
  add(stream: SpdyStream): void {
    const half = toHalf(stream);
    const other = half === undefined ? undefined : this.#halves.get(half.key);
    if (half === undefined || (other !== undefined && (other.type === half.type || other.port !== half.port))) {
      stream.refuse();
      return;
    }
    stream.accept();
    // The client ends its half of an error stream at once, and never sends anything.
    if (half.type === 'error') stream.resume();
    if (other === undefined) {
      this.#wait(half);
      return;
    }
    this.#forget(half.key);
    const [error, data] = half.type === 'error' ? [stream, other.stream] : [other.stream, stream];
    this.#onPair({ port: half.port, error, data });
  }

  #wait(half: Half): void {
    const { stream, key } = half;
    const late = setTimeout(() => stream.destroy(), this.#timeoutMs);
    this.#halves.set(key, { ...half, late });
    stream.once('close', () => {
      if (this.#halves.get(key)?.stream === stream) this.#forget(key);
    });
  }

  #forget(key: string): void {
    clearTimeout(this.#halves.get(key)?.late);
    this.#halves.delete(key);
  }
}

/** Undefined for what is no half of a connection. */
function toHalf(stream: SpdyStream): Half | undefined {
  const { headers, id } = stream;
  const type = headers.get('streamtype')?.toLowerCase();
  const port = parsePort(headers.get('port'));
  if (port === undefined || (type !== 'error' && type !== 'data')) return undefined;
  // Clients of old send no request id: they open the data stream right after the error stream.
  const key = headers.get('requestid') ?? String(type === 'error' ? id : id - 2);
  return { stream, type, port, key };
}

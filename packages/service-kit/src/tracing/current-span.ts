import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span, SpanOptions } from './span.ts';

const storage = new AsyncLocalStorage<Span | undefined>();

/** The work that is being done here, whatever was awaited in between. */
export function currentSpan(): Span | undefined {
  return storage.getStore();
}

/** Does `work` as part of the span. Undefined: as part of none, for loops that outlive whoever started them. */
export function withSpan<T>(span: Span | undefined, work: () => T): T {
  // Without tracing this costs one look.
  return span === storage.getStore() ? work() : storage.run(span, work);
}

/** Does `work` as a step of the current span, or just does it when there is none. */
export async function traced<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const span = currentSpan()?.child(name, options);
  if (span === undefined) return await work();
  try {
    return await withSpan(span, work);
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

/** What a request to a peer carries so that the peer's spans join ours: nothing outside of a span. */
export function traceHeaders(): Record<string, string> {
  return currentSpan()?.headers() ?? {};
}

import type { Dispatcher } from 'undici';

/**
 * Lets go of each exchange when it has ended. V8 puts a function that is assigned to a property (`this.abort = () => …`) into the old
 * generation at once, where it keeps all that it refers to until the next full collection. undici's `request` does that with a function that
 * refers to the controller, and by that to the whole exchange, 4 KB of it: it is given one here that refers to nothing any more after the end.
 */
export function releaseEnded(dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => dispatch(options, new ReleasingHandler(handler)));
}

class ReleasingHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  #lent: LentController | undefined;

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler;
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#lent = new LentController(controller);
    this.#handler.onRequestStart?.(this.#lent, context);
  }

  onRequestUpgrade(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    this.#lent?.release();
    this.#handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    this.#handler.onResponseStart?.(...args);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk);
  }

  onResponseEnd(...args: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    this.#lent?.release();
    this.#handler.onResponseEnd?.(...args);
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#lent?.release();
    this.#handler.onResponseError?.(controller, error);
  }
}

/** Another's controller, until it is released; then nothing is left to do by it. */
class LentController implements Dispatcher.DispatchController {
  #controller: Dispatcher.DispatchController | undefined;

  constructor(controller: Dispatcher.DispatchController) {
    this.#controller = controller;
  }

  get aborted(): boolean {
    return this.#controller?.aborted ?? false;
  }

  get paused(): boolean {
    return this.#controller?.paused ?? false;
  }

  get reason(): Error | null {
    return this.#controller?.reason ?? null;
  }

  abort(reason: Error): void {
    this.#controller?.abort(reason);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  release(): void {
    this.#controller = undefined;
  }
}

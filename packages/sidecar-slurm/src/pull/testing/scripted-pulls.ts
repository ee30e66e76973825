import type { PullEnding, PullImage, PullOrder } from '../pull-image.ts';

/** Pulls that end when a test says so, or when nobody wants them any more. */
export class ScriptedPulls {
  /** All that were begun: `p1 main`. */
  readonly begun: string[] = [];
  readonly #running = new Map<string, { readonly order: PullOrder; end(ending: PullEnding): void }>();

  readonly pull: PullImage = async (order) => {
    const name = nameOf(order);
    this.begun.push(name);
    return await new Promise((resolve) => {
      const end = (ending: PullEnding) => {
        this.#running.delete(name);
        resolve(ending);
      };
      this.#running.set(name, { order, end });
      order.signal.addEventListener('abort', () => end({ kind: 'failed', reason: 'ErrImagePull', message: 'killed' }));
    });
  };

  get running(): string[] {
    return [...this.#running.keys()];
  }

  succeed(name: string): void {
    const { order, end } = this.#get(name);
    order.onEvent({ type: 'Normal', reason: 'Pulled', message: 'Successfully pulled', container: order.container });
    end({ kind: 'pulled' });
  }

  fail(name: string, message: string, reason = 'ErrImagePull'): void {
    this.#get(name).end({ kind: 'failed', reason, message });
  }

  #get(name: string) {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error(`${name} is not being pulled`);
    return running;
  }
}

/** `p1 main`: the pod by the end of its UID. */
function nameOf({ scriptPath, container }: PullOrder): string {
  const [, number = ''] = /0*(\d+)\/pull\.sh$/.exec(scriptPath) ?? [];
  return `p${number} ${container}`;
}

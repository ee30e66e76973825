import { Counter, Gauge, type Registry } from 'prom-client';

/** The way to the backend, which a kubelet has no names for. */
export class BackendMetrics {
  readonly #streamRestarts: Counter;
  #isReachable: () => boolean = () => false;

  constructor(registry: Registry) {
    const isReachable = () => this.#isReachable();
    new Gauge({
      name: 'interlink_backend_reachable',
      help: '1 while the stream of pods from the backend is open and up to date, else 0',
      registers: [registry],
      collect() {
        this.set(isReachable() ? 1 : 0);
      },
    });
    this.#streamRestarts = new Counter({
      name: 'interlink_backend_stream_restarts_total',
      help: 'How often the stream of pods from the backend ended, or could not be opened, and was opened again',
      registers: [registry],
    });
  }

  /** From now on that is asked. */
  follow(isReachable: () => boolean): void {
    this.#isReachable = isReachable;
  }

  onStreamLost(): void {
    this.#streamRestarts.inc();
  }
}

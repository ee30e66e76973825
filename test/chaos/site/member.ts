import { setTimeout as sleep } from 'node:timers/promises';
import type { SitePart } from '../../testbed/site/site-part.ts';

/** A supervisor starts a process anew this long after it ended by itself. */
const restartAfterMs = 1_000;

/** One process under a supervisor. Faults may overlap: it runs when none of them wants it down. */
export class Member {
  readonly part: SitePart;
  /** Ends that nobody asked for: exit codes, null for a signal. */
  readonly ownEnds: Array<number | null> = [];
  readonly #env: Readonly<Record<string, string>>;
  #downs = 0;
  #stops = 0;
  #turn = Promise.resolve();
  #isOver = false;

  constructor(part: SitePart, env: Readonly<Record<string, string>> = {}) {
    this.part = part;
    this.#env = env;
  }

  async start(until?: string): Promise<void> {
    await this.part.start(until, this.#env);
    void this.#watch(this.part.ended());
  }

  /** `kill -9`. @returns what starts it again, without waiting until it is ready */
  async kill(): Promise<() => Promise<void>> {
    await this.#inTurn(async () => {
      this.#downs += 1;
      await this.part.kill();
    });
    return async () =>
      await this.#inTurn(async () => {
        this.#downs -= 1;
        if (this.#downs === 0 && !this.#isOver) await this.start();
      });
  }

  /** SIGSTOP. @returns what has it go on */
  pause(): () => void {
    this.#stops += 1;
    this.part.signal('SIGSTOP');
    return () => {
      this.#stops -= 1;
      if (this.#stops === 0) this.part.signal('SIGCONT');
    };
  }

  /** SIGTERM; it is not started again. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.part.signal('SIGCONT');
    await this.#inTurn(() => this.part.stop());
  }

  async #watch(ended: Promise<number | null>): Promise<void> {
    const code = await ended;
    if (this.#downs > 0 || this.#isOver) return;
    this.ownEnds.push(code);
    await sleep(restartAfterMs);
    await this.#inTurn(async () => {
      if (this.#downs === 0 && !this.#isOver) await this.start();
    });
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => undefined);
    await done;
  }
}

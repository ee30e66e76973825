import { type Clock, InterLinkError, type Logger, parseQuantity, recordOf } from '@interlink/sidecar-sdk';
import type { RunCommand } from '../slurm/commands/run-command.ts';

/** As what Slurm says of itself: {@link ../cluster/cluster-view.ts}. */
const freshMs = 60_000;
const deadlineMs = 10_000;
const maxOutputBytes = 64 * 1024;

export interface ResourceScriptOptions {
  /** Absolute; run without arguments. */
  readonly path: string;
  readonly run: RunCommand;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The administrator's own word for what the virtual node announces: a program that prints a JSON object of quantities by resource,
 * `{"cpu": "64", "memory": "512Gi", "pods": "200", "nvidia.com/gpu": "8"}`. While it fails, its last good answer counts.
 */
export class ResourceScript {
  readonly #options: ResourceScriptOptions;
  #known: Readonly<Record<string, string>> | undefined;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ResourceScriptOptions) {
    this.#options = options;
  }

  /** Undefined until it has answered for the first time. */
  async read(): Promise<Readonly<Record<string, string>> | undefined> {
    const { path, run, clock, logger } = this.#options;
    if (clock.now() < this.#askedAtMs + freshMs) return this.#known;
    this.#askedAtMs = clock.now();
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };
    const { ending, exitCode, stdout } = await run({ argv: [path], env, deadlineMs, maxOutputBytes });
    try {
      if (ending !== 'exited' || exitCode !== 0) throw wrong(`it ended as ${ending} with code ${exitCode}`);
      this.#known = parseResources(stdout);
    } catch (error) {
      logger.warn({ err: error, path }, 'ResourceScriptPath: no good answer; the last one counts');
    }
    return this.#known;
  }
}

/** @throws InterLinkError `invalid_argument` that names what is wrong */
export function parseResources(text: string): Record<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(`it printed ${JSON.stringify(text.slice(0, 64))}`);
  }
  const entries = Object.entries(recordOf(value));
  if (entries.length === 0 || Array.isArray(value)) throw wrong(`it printed ${JSON.stringify(text.slice(0, 64))}`);
  return Object.fromEntries(
    entries.map(([resource, quantity]) => {
      const said = typeof quantity === 'number' ? String(quantity) : quantity;
      if (typeof said !== 'string' || !isQuantity(said)) throw wrong(`${resource} is ${JSON.stringify(quantity)}`);
      return [resource, said];
    }),
  );
}

function isQuantity(text: string): boolean {
  try {
    return (parseQuantity(text) ?? -1) >= 0;
  } catch {
    return false;
  }
}

function wrong(what: string): InterLinkError {
  const wanted = 'an object of quantities by resource is wanted, {"cpu": "64", "memory": "512Gi", "pods": "200"}';
  return new InterLinkError('invalid_argument', `${what}: ${wanted}`);
}

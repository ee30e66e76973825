import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '../../process/run-command.ts';
import type { SlurmShell } from '../slurm-shell.ts';

/** How one recorded command was called and ended; its output is beside in `<name>.stdout` and, unless empty, `<name>.stderr`. */
interface RecordedCommand {
  readonly argv: readonly string[];
  /** Variables that are not the account's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly exitCode: number;
  /** Only where it is more than one: what a caller's deadline is up against. */
  readonly seconds?: number;
}

export interface RecordOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Default: the account whose jobs are recorded. */
  readonly account?: string;
}

const MAX_STDOUT = 1_000_000;

/** Runs Slurm's commands and keeps what they say. */
export class Recorder {
  readonly shell: SlurmShell;
  readonly #directory: string;
  readonly #commands: Record<string, RecordedCommand> = {};

  constructor(shell: SlurmShell, directory: string) {
    this.shell = shell;
    this.#directory = directory;
  }

  /** Takes the place of an earlier recording. */
  async open(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
    await mkdir(this.#directory, { recursive: true });
  }

  /** Runs a command as the ordinary account and writes down its answer under a name. */
  async record(
    name: string,
    argv: readonly string[],
    { env, input, account }: RecordOptions = {},
  ): Promise<CommandResult> {
    if (name in this.#commands) throw new Error(`Cannot record ${name}: that name is taken`);
    const started = performance.now();
    const result = await this.shell.run(argv, { env, input, account });
    const seconds = Math.round((performance.now() - started) / 1_000);
    const { exitCode, stdout, stderr } = result;
    this.#commands[name] = { argv, ...(env && { env }), exitCode, ...(seconds > 1 && { seconds }) };
    if (stdout.length > MAX_STDOUT) throw new Error(`Cannot record ${name}: it printed ${stdout.length} characters`);
    await writeFile(join(this.#directory, `${name}.stdout`), stdout);
    if (stderr !== '') await writeFile(join(this.#directory, `${name}.stderr`), stderr);
    return result;
  }

  /** Writes down how the commands were called: `commands.json`, a line for each. */
  async close(): Promise<void> {
    const sorted = Object.entries(this.#commands).sort(([a], [b]) => (a < b ? -1 : 1));
    const lines = sorted.map(([name, command]) => `${JSON.stringify(name)}: ${JSON.stringify(command)}`);
    await writeFile(join(this.#directory, 'commands.json'), `{\n${lines.join(',\n')}\n}\n`);
  }
}

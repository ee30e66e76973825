/**
 * The runner: one process per attempt to run a container, `node main.ts <attempt's folder> <pod's folder>`. It outlives the
 * sidecar. It takes the order, runs it in a process group of its own, writes down output, exit code and times, and ends.
 * Nothing from the pod passes a shell. It imports nothing but Node, to start quickly and stay small.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, utimesSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createLineClock, LogWriter } from './log-writer.ts';
import { isNoRoom, noRoomExitCode } from './no-room.ts';
import { identifyProcess } from './process-identity.ts';
import { attemptFiles, type Child, type Claim, type Ending, type RunOrder } from './records.ts';
import { ReservedFile, writeOnce } from './whole-file.ts';
import { workingFolder } from './working-folder.ts';

/** After the command has ended, its output is awaited this long: a process that left the group may hold the pipe open. */
const drainMs = 1_000;

const [attemptFolder = '', podFolder = ''] = process.argv.slice(2);
// A stop of the whole service must find somebody left who writes the exit code down.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

void main().then(
  () => process.exit(0),
  (error: unknown) => process.exit(isNoRoom(error) ? noRoomExitCode : 1),
);

async function main(): Promise<void> {
  const order = JSON.parse(readFileSync(join(attemptFolder, attemptFiles.order), 'utf8')) as RunOrder;
  const runner = identifyProcess(process.pid) ?? { pid: process.pid, startTime: '' };
  const claim: Claim = { runner };
  // Before anything runs: how it ended must be written, however full the disk is then. What there is no room for at all is left to a runner
  // that comes later.
  using ending = new ReservedFile(join(attemptFolder, attemptFiles.ending));
  using child = new ReservedFile(join(attemptFolder, attemptFiles.child));
  enterLog();
  if (writeOnce(join(attemptFolder, attemptFiles.claim), claim)) {
    ending.write(await run(order, child));
    tellSidecar();
  }
}

/** The log's own entry in the folder takes room, too. What else may be wrong with it is said when it is opened. */
function enterLog(): void {
  try {
    closeSync(openSync(join(attemptFolder, attemptFiles.log), 'a', 0o600));
  } catch (error) {
    if (isNoRoom(error)) throw error;
  }
}

async function run({ argv, env, ...places }: RunOrder, childFile: ReservedFile): Promise<Ending> {
  const [program = '', ...args] = argv;
  let log: LogWriter;
  try {
    log = new LogWriter(openSync(join(attemptFolder, attemptFiles.log), 'a', 0o600), createLineClock(Date.now));
  } catch (error) {
    return startFailure(program, error);
  }
  const cwd = workingFolder(places);
  const command = spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const failed = new Promise<Error>((resolve) => command.once('error', resolve));
  if (command.pid === undefined) return startFailure(program, await failed);

  const startedAt = new Date().toISOString();
  const child: Child = { process: identifyProcess(command.pid) ?? { pid: command.pid, startTime: '' }, startedAt };
  try {
    childFile.write(child);
  } catch (error) {
    // A command that nobody can find again would run beside the next attempt.
    await killed(command);
    return startFailure(program, error);
  }
  tellSidecar();
  command.stdout?.on('data', (chunk: Buffer) => log.write('stdout', chunk));
  command.stderr?.on('data', (chunk: Buffer) => log.write('stderr', chunk));
  const { code, signal } = await ended(command);
  log.end();
  const number = signal === null ? undefined : constants.signals[signal];
  const exitCode = code ?? 128 + (number ?? 0);
  return {
    exitCode,
    ...(number === undefined ? {} : { signal: number }),
    startedAt,
    finishedAt: new Date().toISOString(),
  };
}

/** As a container's end does, the end of the command ends whatever it left in its group. */
async function ended(command: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const closed = new Promise<void>((resolve) => command.once('close', () => resolve()));
  const exit = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    command.once('exit', (code, signal) => resolve({ code, signal })),
  );
  killGroup(command);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, drainMs))]);
  return exit;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left: the usual case.
  }
}

async function killed(command: ChildProcess): Promise<void> {
  const exit = new Promise<void>((resolve) => command.once('exit', () => resolve()));
  killGroup(command);
  await exit;
}

/** As containerd puts it, so that people recognise it. */
function startFailure(program: string, error: unknown): Ending {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const missing = 'executable file not found in $PATH, or the working directory is missing';
  const problem = isMissing ? missing : error instanceof Error ? error.message : String(error);
  return {
    exitCode: 128,
    reason: 'StartError',
    message: `exec: ${JSON.stringify(program)}: ${problem}`,
    finishedAt: new Date().toISOString(),
  };
}

/** The sidecar watches the folder of all pods: a new time stamp on this pod's folder tells it which one to look at. */
function tellSidecar(): void {
  try {
    utimesSync(podFolder, new Date(), new Date());
  } catch {
    // The sidecar looks by itself now and then.
  }
}

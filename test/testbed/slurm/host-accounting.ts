import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findFreePorts } from '../process/free-ports.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';

export interface HostAccountingOptions {
  /** Made here. */
  readonly directory: string;
  readonly mungeSocket: string;
  readonly signal: AbortSignal;
  readonly cleanUp: AsyncDisposableStack;
}

const READY_TIMEOUT_MS = 60_000;

/** Starts a database and slurmdbd on loopback, which keep what became of jobs for `sacct`. @returns what slurm.conf has to say */
export async function startHostAccounting(options: HostAccountingOptions): Promise<Record<string, string | number>> {
  const { directory, mungeSocket } = options;
  await mkdir(directory, { mode: 0o700 });
  const [databasePort = 0, port = 0] = await findFreePorts(2);
  const password = randomBytes(12).toString('hex');
  await startDatabase(options, databasePort, password);

  const conf = join(directory, 'slurmdbd.conf');
  const lines = {
    AuthType: 'auth/munge',
    AuthInfo: `socket=${mungeSocket}`,
    DbdHost: 'localhost',
    DbdAddr: '127.0.0.1',
    DbdPort: port,
    SlurmUser: 'root',
    StorageType: 'accounting_storage/mysql',
    StorageHost: '127.0.0.1',
    StoragePort: databasePort,
    StorageUser: 'slurm',
    StoragePass: password,
    StorageLoc: 'slurm',
    LogFile: join(directory, 'slurmdbd.log'),
    PidFile: join(directory, 'slurmdbd.pid'),
  };
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(conf, text.join(''), { mode: 0o600 });
  // It looks for its configuration beside slurm.conf.
  const env = { ...process.env, SLURM_CONF: join(directory, 'slurm.conf') };
  await start(options, { name: 'slurmdbd', args: ['-D'], env, port });
  return {
    AccountingStorageType: 'accounting_storage/slurmdbd',
    AccountingStorageHost: '127.0.0.1',
    AccountingStoragePort: port,
    // With munge that is its socket (slurm.conf(5)).
    AccountingStoragePass: mungeSocket,
    // Without it sacct knows no comment, which is what tells whose a job is.
    AccountingStoreFlags: 'job_comment',
    AccountingStorageEnforce: 'associations,limits,qos',
  };
}

/** The account (a budget, not a user) that jobs are charged to. */
export const CHARGED_ACCOUNT = 'science';
/** A quality of service that lets nobody have more than one job. */
export const LIMITED_QOS = 'limited';

/** Tells the database who may have jobs; slurmctld has to come after it. */
export async function enterAccounts(conf: string, cluster: string, user: string): Promise<void> {
  const env = { ...process.env, SLURM_CONF: conf };
  for (const entry of [
    ['cluster', cluster],
    ['account', CHARGED_ACCOUNT, `cluster=${cluster}`],
    ['qos', LIMITED_QOS, 'MaxSubmitJobsPerUser=1'],
    ['user', user, `account=${CHARGED_ACCOUNT}`, `cluster=${cluster}`, `qos=normal,${LIMITED_QOS}`],
  ]) {
    await runCommandOrThrow('sacctmgr', ['--immediate', '--quiet', 'add', ...entry], { env });
  }
}

async function startDatabase(options: HostAccountingOptions, port: number, password: string): Promise<void> {
  const data = join(options.directory, 'database');
  const file = (name: string) => join(options.directory, name);
  await runCommandOrThrow('mariadb-install-db', [
    '--no-defaults',
    '--user=root',
    `--datadir=${data}`,
    '--skip-test-db',
  ]);
  const user = `'slurm'@'127.0.0.1'`;
  const sql = [
    `CREATE DATABASE slurm`,
    `CREATE USER ${user} IDENTIFIED BY '${password}'`,
    `GRANT ALL ON slurm.* TO ${user}`,
  ];
  await writeFile(file('database.sql'), sql.map((line) => `${line};\n`).join(''), { mode: 0o600 });
  const args = [
    '--no-defaults',
    '--user=root',
    `--datadir=${data}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--skip-name-resolve',
    `--socket=${file('database.sock')}`,
    `--pid-file=${file('database.pid')}`,
    `--init-file=${file('database.sql')}`,
    // Nothing here outlives the test.
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-buffer-pool-size=16M',
  ];
  await start(options, { name: 'mariadbd', args, env: process.env, port });
}

interface Daemon {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
}

async function start(
  { directory, signal, cleanUp }: HostAccountingOptions,
  { name, args, env, port }: Daemon,
): Promise<void> {
  signal.throwIfAborted();
  const server = new ServerProcess({ name, file: name, args, env, logFile: join(directory, `${name}.out`) });
  cleanUp.defer(() => server.stop());
  await waitUntilReady(server, () => isListening(port), { timeoutMs: READY_TIMEOUT_MS, signal });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

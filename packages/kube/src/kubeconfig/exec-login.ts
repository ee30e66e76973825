import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { EXEC_API_VERSIONS, type ExecCredential, parseExecCredential } from './exec-credential.ts';
import type { KubeconfigCluster, KubeconfigExec } from './kubeconfig-file.ts';
import type { Login } from './login.ts';

/** A plugin that is still silent after this long, in milliseconds, is killed. */
const PLUGIN_TIMEOUT_MS = 60_000;
const MAX_STDERR_IN_MESSAGE = 500;

/**
 * Logs in by running a credential plugin, once per lifetime of what it gives.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 * @throws Error, at once, when the entry itself is wrong.
 */
export function execLogin(
  user: string,
  exec: KubeconfigExec,
  cluster: KubeconfigCluster,
  now: () => number = Date.now,
): Login {
  const apiVersion = exec.apiVersion ?? '';
  if (!EXEC_API_VERSIONS.includes(apiVersion)) {
    throw new Error(`users["${user}"].exec.apiVersion is "${apiVersion}", want one of ${EXEC_API_VERSIONS.join(', ')}`);
  }
  if (!exec.command) throw new Error(`users["${user}"].exec.command is missing`);
  if (exec.interactiveMode === 'Always') {
    throw new Error(`users["${user}"].exec.interactiveMode is "Always", but there is no terminal here`);
  }
  const { command } = exec;
  let cached: ExecCredential | undefined;
  let running: Promise<ExecCredential> | undefined;
  const run = async () => {
    try {
      cached = await runPlugin(user, command, exec, cluster, apiVersion);
      return cached;
    } finally {
      running = undefined;
    }
  };
  return {
    async current() {
      if (cached !== undefined && (cached.expiresAt === undefined || cached.expiresAt > now())) return cached;
      // However many requests wait, the plugin runs once.
      running ??= run();
      return running;
    },
    expire() {
      cached = undefined;
    },
  };
}

async function runPlugin(
  user: string,
  command: string,
  exec: KubeconfigExec,
  cluster: KubeconfigCluster,
  apiVersion: string,
): Promise<ExecCredential> {
  const spec = {
    interactive: false,
    ...(exec.provideClusterInfo === true ? { cluster: await clusterInfo(cluster) } : {}),
  };
  const env = {
    ...process.env,
    ...Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion, kind: 'ExecCredential', spec }),
  };
  try {
    return parseExecCredential(await capture(command, exec.args ?? [], env), apiVersion);
  } catch (err) {
    const hint = exec.installHint ? `. ${exec.installHint}` : '';
    throw new Error(`Cannot log in as kubeconfig user "${user}" by "${command}": ${(err as Error).message}${hint}`);
  }
}

// Rejects with the plugin's own words; never with the arguments or the standard output, which may hold secrets.
function capture(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { env, timeout: PLUGIN_TIMEOUT_MS, maxBuffer: 2 ** 20 },
      (err, stdout, stderr) => {
        if (err === null) return resolve(stdout);
        const spawnFailed = typeof err.code === 'string';
        const cause = spawnFailed
          ? `it did not run (${err.code})`
          : `it exited with code ${err.code ?? `"${err.signal}"`}`;
        const words = stderr.trim().slice(-MAX_STDERR_IN_MESSAGE);
        reject(new Error(words === '' ? cause : `${cause}: ${words}`));
      },
    );
    child.stdin?.end();
  });
}

async function clusterInfo(cluster: KubeconfigCluster): Promise<Record<string, unknown>> {
  const caFile = cluster['certificate-authority'];
  const ca = cluster['certificate-authority-data'] ?? (caFile ? await readFile(caFile, 'base64') : undefined);
  return {
    server: cluster.server,
    ...(ca === undefined ? {} : { 'certificate-authority-data': ca }),
    ...(cluster['tls-server-name'] ? { 'tls-server-name': cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(cluster['proxy-url'] ? { 'proxy-url': cluster['proxy-url'] } : {}),
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startTestbed, type Testbed } from '../test/testbed/index.ts';

// `make demo`: the command `interlink demo`, and for CLUSTER=real a Kubernetes control plane before it.
const main = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url));
const stop = new AbortController();
let demo: ReturnType<typeof spawn> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stop.abort(new Error(`Received ${signal}`));
    demo?.kill(signal);
  });
}

const kind = process.env.CLUSTER || 'embedded';
const testbed = kind === 'real' ? await startControlPlane() : undefined;
try {
  const kubeconfig = testbed?.controlPlane?.kubeconfig;
  const flags = kubeconfig === undefined ? ['--cluster', kind] : ['--cluster', 'existing', '--kubeconfig', kubeconfig];
  // A group of its own: a terminal's Ctrl-C must reach it once, from here; a second one would end it at once.
  const command = [...process.execArgv, main, 'interlink', 'demo', ...flags];
  // The channel carries nothing: its end tells the demo that this process was killed.
  demo = spawn(process.execPath, command, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], detached: true });
  const [exitCode] = await once(demo, 'exit');
  process.exitCode = exitCode ?? 1;
} finally {
  await testbed?.stop();
}

async function startControlPlane(): Promise<Testbed> {
  const onProgress = (line: string) => process.stdout.write(`${line}\n`);
  const started = await startTestbed({ docker: false, signal: stop.signal, onProgress });
  if (started.controlPlane !== undefined) return started;
  await started.stop();
  const missing = started.missing.map((part) => `${part.name} (${part.howToGet})`).join(', ');
  throw new Error(`A Kubernetes control plane can't be started here; missing: ${missing}. Plain make demo needs none`);
}

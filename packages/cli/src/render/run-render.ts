import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { HttpTarget, InterLinkError, PodClient, parseOwner } from '@interlink/protocol';
import {
  accountTokenFile,
  clientTls,
  createLogger,
  type InterLinkConfig,
  interLinkUrl,
  loadInterLinkConfig,
  tlsFileNames,
} from '@interlink/service-kit';
import { interLinkToken } from '@interlink/virtual-kubelet';
import { stringify } from 'yaml';
import type { RenderFlags } from '../commands/interlink/render.ts';
import { readPod } from './read-pod.ts';

/** Asks InterLink what the pod would be, and prints it. @throws InterLinkError in the backend's words for what it would refuse */
export async function runRender({ filename, node, cluster, output }: RenderFlags, signal: AbortSignal): Promise<void> {
  const from = filename === '-' ? 'standard input' : filename;
  const { request, warnings } = readPod(await readManifest(filename), from);
  const owner = parseOwner({ cluster, node });
  const { config } = await loadInterLinkConfig(process.env);
  const url = interLinkUrl(config);
  const tls = await clientTls(url, tlsFileNames(config), createLogger('interlink', config.LogLevel));
  const target = new HttpTarget({ url, token: await tokenOf(config), tls });
  try {
    const rendering = await new PodClient(target, owner).render(request, signal);
    for (const warning of [...warnings, ...rendering.warnings]) process.stderr.write(`warning: ${warning}\n`);
    const { parts } = rendering;
    process.stdout.write(output === 'json' ? `${JSON.stringify(parts, null, 2)}\n` : renderYaml(parts));
  } finally {
    await target.close();
  }
}

/** As the virtual kubelet finds it, but that no file is made: this is a look. */
async function tokenOf(config: InterLinkConfig): Promise<() => Promise<string | undefined>> {
  if (config['Auth.Client'] === undefined && config.VKTokenFile === undefined) {
    const file = accountTokenFile(config, process.env);
    return async () => await file.current().catch(() => undefined);
  }
  const token = await interLinkToken(config, createLogger('interlink', 'silent'));
  return async () => await token.current();
}

/** One document a part, under its name. A text (a script) is as it is, to be read and run; words of others are a line each. */
function renderYaml(parts: ReadonlyArray<{ readonly name: string; readonly body: unknown }>): string {
  const text = (body: unknown) => (typeof body === 'string' ? body : stringify(body, { lineWidth: 0 }));
  return parts.map(({ name, body }) => `--- # ${name}\n${text(body).trimEnd()}\n`).join('');
}

async function readManifest(filename: string): Promise<string> {
  try {
    return filename === '-' ? await text(process.stdin) : await readFile(filename, 'utf8');
  } catch (error) {
    throw new InterLinkError('invalid_argument', `Cannot read ${filename}: ${InterLinkError.from(error).message}`);
  }
}

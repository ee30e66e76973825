import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Check, Finding, Side } from '../check.ts';
import { DoctorContext } from '../context.ts';
import { runChecks } from '../run-checks.ts';

export interface CheckCase {
  readonly side: Side;
  /** The InterLink file. Default: there is none. */
  readonly config?: object;
  readonly env?: NodeJS.ProcessEnv;
  /** A file, or the content of one. */
  readonly kubeconfig?: string | object;
  readonly nodename?: string;
  readonly podImage?: string | undefined;
}

/** A folder of the test's own, with these files: path to content. */
export async function scratchFolder(files: Readonly<Record<string, string>> = {}, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-doctor-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode });
  }
  return folder;
}

/** What one check finds, with nothing of this account's own environment. */
export async function runCheck(
  check: Check,
  { side, config, env, kubeconfig, ...rest }: CheckCase,
): Promise<Finding[]> {
  const folder = await scratchFolder({
    // YAML takes JSON.
    ...(config === undefined ? {} : { 'InterLinkConfig.yaml': JSON.stringify(config) }),
    ...(typeof kubeconfig === 'object' ? { kubeconfig: JSON.stringify(kubeconfig) } : {}),
  });
  const context = new DoctorContext({
    ...rest,
    side,
    env: {
      ...{ HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') },
      ...(config === undefined ? {} : { INTERLINKCONFIGPATH: join(folder, 'InterLinkConfig.yaml') }),
      ...env,
    },
    kubeconfig: typeof kubeconfig === 'object' ? join(folder, 'kubeconfig') : kubeconfig,
  });
  try {
    const [result] = await runChecks([check], context, new AbortController().signal);
    return [...(result?.findings ?? [])];
  } finally {
    await context.close();
  }
}

/** As `outcome: text`, for what a test compares. */
export function inLines(findings: ReadonlyArray<Finding>): string[] {
  return findings.map(({ outcome, what }) => `${outcome}: ${what}`);
}

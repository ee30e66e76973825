import { stat, writeFile } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';
import { defaultTokenPath, TokenFile } from '@interlink/service-kit';
import type { Command } from '../../command.ts';
import type { ConformanceFlags } from './conformance-flags.ts';
import { ConformanceProgress } from './conformance-progress.ts';

/** `interlink conformance URL`: exit code 0 all passed, 1 some failed, 2 could not run. */
export const conformanceCommand: Command = {
  name: 'conformance',
  summary: 'Checks a sidecar over HTTP, whatever it is written in.',
  run: async (args, signal) => {
    const { parseFlags } = await import('./conformance-flags.ts');
    const flags = parseFlags(args);
    if (flags === undefined) return;
    if (flags.list === true) return await listChecks(flags);
    const { countOf, renderReport } = await import('@interlink/conformance');
    const report = await check(flags, signal);
    const text = renderReport(report, flags.output);
    if (flags.outputFile === undefined) process.stdout.write(text);
    else await writeFile(flags.outputFile, text);
    const failed = countOf(report, 'failed');
    if (failed > 0) {
      throw new InterLinkError('failed_precondition', `${failed} of ${report.results.length} checks failed`);
    }
  },
};

async function check(flags: ConformanceFlags, signal: AbortSignal) {
  const { restartByCommand, runConformance } = await import('@interlink/conformance');
  const { url = '', protocol, image, only, parallel, patience, restartCommand } = flags;
  const tokenFile = await chooseTokenFile(flags);
  const progress = new ConformanceProgress(process.stderr);
  try {
    // Before the first call: a file that can't be read is no fault of the sidecar.
    await tokenFile?.current();
    return await runConformance({
      ...{ url, protocol, image, only, parallel, signal, patienceMs: patience * 1_000 },
      onResult: progress.onResult,
      token: tokenFile === undefined ? undefined : async () => await tokenFile.current(),
      demandsToken: flags.auth ? undefined : false,
      restart: restartCommand === undefined ? undefined : restartByCommand(restartCommand),
    });
  } catch (error) {
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('invalid_argument', `Cannot check ${url}: ${message}`, { cause: error });
  } finally {
    progress.end();
  }
}

/** The file that was named, else the account's own when it is there; a unix socket asks for none. */
async function chooseTokenFile({ tokenFile, url, auth }: ConformanceFlags): Promise<TokenFile | undefined> {
  if (tokenFile !== undefined) return new TokenFile(tokenFile);
  if (!auth || url?.startsWith('unix://') === true) return undefined;
  const path = defaultTokenPath();
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere ? new TokenFile(path) : undefined;
}

async function listChecks({ only, protocol }: ConformanceFlags): Promise<void> {
  const { allChecks } = await import('@interlink/conformance');
  const chosen = allChecks.filter(
    ({ name, generation }) => (only?.includes(name) ?? true) && (protocol === 'auto' || generation === protocol),
  );
  const width = Math.max(0, ...chosen.map(({ name }) => name.length)) + 2;
  process.stdout.write(chosen.map(({ name, summary }) => `${name.padEnd(width)}${summary}\n`).join(''));
}

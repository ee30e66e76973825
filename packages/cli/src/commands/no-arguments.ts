import { InterLinkError } from '@interlink/protocol';

/** Shows help, or refuses arguments but for `health`. @returns true when there is nothing more to do */
export function isHelpOrRefused(name: string, summary: string, args: ReadonlyArray<string>): boolean {
  const [first, ...more] = args;
  if (first === undefined || (first === 'health' && more.length === 0)) return false;
  if (first !== '--help' && first !== '-h') {
    throw new InterLinkError(
      'invalid_argument',
      `${name} takes no arguments, but got ${JSON.stringify(args.join(' '))}: it is configured by InterLinkConfig.yaml and environment variables`,
    );
  }
  process.stdout.write(
    `Usage: ${name} [--version]\n       ${name} health    asks the one that runs by the same configuration whether it is ready\n\n${summary}\n\nConfigured by $INTERLINKCONFIGPATH (default ./kustomizations/InterLinkConfig.yaml, then /etc/interlink/InterLinkConfig.yaml)\nand by environment variables: see docs/configuration.md.\n`,
  );
  return true;
}

import { InterLinkError } from '@interlink/protocol';

/** Shows help, or refuses arguments. @returns true when there is nothing more to do */
export function isHelpOrRefused(name: string, summary: string, args: ReadonlyArray<string>): boolean {
  const [first] = args;
  if (first === undefined) return false;
  if (first !== '--help' && first !== '-h') {
    throw new InterLinkError(
      'invalid_argument',
      `${name} takes no arguments, but got ${JSON.stringify(first)}: it is configured by InterLinkConfig.yaml and environment variables`,
    );
  }
  process.stdout.write(
    `Usage: ${name} [--version]\n\n${summary}\n\nConfigured by $INTERLINKCONFIGPATH (default ./kustomizations/InterLinkConfig.yaml, then /etc/interlink/InterLinkConfig.yaml)\nand by environment variables: see README.md.\n`,
  );
  return true;
}

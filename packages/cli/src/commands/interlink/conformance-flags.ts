import { allChecks, type ReportFormat, reportFormats } from '@interlink/conformance';
import { InterLinkError, parseTarget } from '@interlink/protocol';
import { defaultTokenPath, nearest } from '@interlink/service-kit';
import { CommanderError, InvalidArgumentError, Option, Command as Parser } from 'commander';

export const summary = 'Checks a sidecar over HTTP, whatever it is written in.';

export interface ConformanceFlags {
  readonly url: string | undefined;
  readonly protocol: 'v1' | 'v2' | 'auto';
  readonly tokenFile?: string;
  /** False with `--no-auth`. */
  readonly auth: boolean;
  readonly image: string;
  readonly restartCommand?: string;
  readonly only?: ReadonlyArray<string>;
  readonly list?: true;
  readonly output: ReportFormat;
  readonly outputFile?: string;
  /** Seconds. */
  readonly patience: number;
  readonly parallel: number;
}

const examples = `
Examples:
  interlink conformance http://127.0.0.1:4002
  interlink conformance unix:///run/user/1000/interlink/process.sock --protocol v2
  interlink conformance http://10.0.0.7:4000 --token-file ./token --restart-command 'systemctl restart my-sidecar'
  interlink conformance http://127.0.0.1:4002 --only log-tail log-since
  interlink conformance http://127.0.0.1:4002 -o junit --output-file conformance.xml
  interlink conformance --list

The suite makes pods of its own, under owners that it makes up, touches no others, and removes them in the end.
Each check names the section of docs/protocol.md that says what is wanted.
Exit code: 0 all passed, 1 some failed, 2 the suite could not run.`;

function parser(): Parser {
  return new Parser('interlink conformance')
    .description(summary)
    .argument('[url]', 'the sidecar: http://host:port, https://host:port or unix:///path.sock')
    .addOption(
      new Option('--protocol <generation>', 'auto: whatever the capabilities name, v1 when there are none')
        .choices(['v1', 'v2', 'auto'])
        .default('auto'),
    )
    .option('--token-file <file>', `file with the bearer token to show (default: ${defaultTokenPath()} if it is there)`)
    .option('--no-auth', 'nobody is asked for a token: skip those checks (as for unix sockets)')
    .option('--image <image>', 'of the pods; has to have sh, echo and sleep', 'busybox:latest')
    .option(
      '--restart-command <command>',
      'kills the sidecar and starts it again; run through the shell, as you typed it; without it the checks of restarts are skipped',
    )
    .option('--only <name...>', 'these checks only')
    .option('--list', 'list the checks and end')
    .addOption(new Option('-o, --output <format>', 'the report').choices(reportFormats).default('text'))
    .option('--output-file <file>', 'where to write the report (default: stdout)')
    .option('--patience <seconds>', 'how long an answer, or a pod’s next state, may take', parseSeconds, 60)
    .option('--parallel <number>', 'checks at one time', parseWhole, 8)
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

/** Undefined when help was all that was asked for. @throws InterLinkError `invalid_argument` */
export function parseFlags(args: ReadonlyArray<string>): ConformanceFlags | undefined {
  try {
    const parsed = parser().parse([...args], { from: 'user' });
    const flags = { ...parsed.opts<Omit<ConformanceFlags, 'url'>>(), url: parsed.args[0] };
    for (const name of flags.only ?? []) assertCheck(name);
    if (flags.list === true) return flags;
    if (flags.url === undefined) {
      throw new InterLinkError('invalid_argument', 'The address of a sidecar is wanted: interlink conformance URL');
    }
    parseTarget(flags.url);
    return flags;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new InterLinkError('invalid_argument', error.message);
  }
}

function assertCheck(name: string): void {
  const names = allChecks.map((check) => check.name);
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const hint = near === undefined ? 'interlink conformance --list names them all' : `did you mean ${near}?`;
  throw new InterLinkError('invalid_argument', `--only: no check is called ${JSON.stringify(name)}: ${hint}`);
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3_600))
    throw new InvalidArgumentError('a number of seconds of at most 3600 is wanted');
  return seconds;
}

function parseWhole(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('a whole number of at least 1 is wanted');
  return Number(text);
}

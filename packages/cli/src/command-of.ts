import { InterLinkError } from '@interlink/protocol';
import { nearest } from '@interlink/service-kit';
import type { Command } from './command.ts';
import { interLinkCommand } from './commands/interlink.ts';
import {
  dockerSidecarCommand,
  mockSidecarCommand,
  processSidecarCommand,
  slurmSidecarCommand,
} from './commands/sidecars.ts';
import { vkCommand } from './commands/vk.ts';
import { versionLine } from './version.ts';

const commands: ReadonlyArray<Command> = [
  vkCommand,
  interLinkCommand,
  dockerSidecarCommand,
  slurmSidecarCommand,
  mockSidecarCommand,
  processSidecarCommand,
];

export interface Invocation {
  readonly name: string;
  run(args: ReadonlyArray<string>, signal: AbortSignal): Promise<void>;
  readonly args: ReadonlyArray<string>;
}

/** Which command was meant: by the program's own name, else by its first argument. */
export function commandOf(programName: string, args: ReadonlyArray<string>): Invocation {
  const byName = commands.find(({ name }) => name === programName);
  if (byName !== undefined) return invocationOf(byName, args);
  const [first, ...rest] = args;
  const byArgument = commands.find(({ name }) => name === first);
  if (byArgument !== undefined) return invocationOf(byArgument, rest);
  return invocationOf({ name: 'interlink-cli', run: async () => showUsage(first) }, args);
}

function invocationOf({ name, run }: Pick<Command, 'name' | 'run'>, args: ReadonlyArray<string>): Invocation {
  if (args[0] !== '--version') return { name, run, args };
  return { name, args, run: async () => void process.stdout.write(`${versionLine(name)}\n`) };
}

function showUsage(word: string | undefined): void {
  const lines = [
    'Usage: interlink-cli COMMAND [arguments]',
    '       interlink-cli [COMMAND] --version',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(18)}${summary}`),
    '',
  ];
  if (word === '--help' || word === '-h' || word === 'help') {
    process.stdout.write(lines.join('\n'));
    return;
  }
  const near =
    word === undefined
      ? undefined
      : nearest(
          word,
          commands.map(({ name }) => name),
        );
  const problem =
    word === undefined
      ? 'a command is wanted'
      : `unknown command ${JSON.stringify(word)}${near === undefined ? '' : `: did you mean ${near}?`}`;
  throw new InterLinkError('invalid_argument', `${problem}\n${lines.join('\n')}`);
}

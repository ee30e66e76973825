import { InterLinkError } from '@interlink/protocol';
import { CommanderError, type Command as Parser } from 'commander';

/** The flags of a command; undefined when help was all that was asked for. @throws InterLinkError `invalid_argument` */
export function parseArguments<Flags extends object>(parser: Parser, args: ReadonlyArray<string>): Flags | undefined {
  parser.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    return parser.parse([...args], { from: 'user' }).opts<Flags>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new InterLinkError('invalid_argument', error.message);
  }
}

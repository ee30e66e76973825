/** What one name of the program does. */
export interface Command {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Runs until done or until the signal aborts. @throws InterLinkError `invalid_argument` for arguments that it does not take */
  run(args: ReadonlyArray<string>, signal: AbortSignal): Promise<void>;
}

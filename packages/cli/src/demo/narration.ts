const startedAt = performance.now();
const isTerminal = process.stdout.isTTY === true;

function styled(code: number, text: string): string {
  return isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** Writing to a terminal that is gone fails from here on without ending the process, which has to clean up. */
export function outliveTheTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** A heading. */
export function title(text: string): void {
  process.stdout.write(`\n${styled(1, text)}\n`);
}

/** A line of a name and what there is to say of it, with the time since the start. */
export function say(name: string, text: string): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(5);
  process.stdout.write(`${styled(2, `${seconds} s`)}  ${name.padEnd(11)}${text}\n`);
}

/** A line of the pod's log. */
export function quote(text: string): void {
  for (const line of text.trimEnd().split('\n')) process.stdout.write(`         ${styled(32, line)}\n`);
}

/** What to type in another shell. @param interlink how the program is called there */
export function sayNext(variables: Readonly<Record<string, string | undefined>>, interlink: string): void {
  title('Next, in another shell');
  const set = Object.entries(variables).filter(([, value]) => value !== undefined);
  const lines = [
    ...set.map(([name, value = '']) => `export ${name}=${quoted(value)}`),
    'kubectl get nodes,pods -o wide',
    'kubectl logs busyecho',
    'kubectl describe pod busyecho',
    `${interlink} status -w`,
    `${interlink} doctor`,
  ];
  for (const line of lines) process.stdout.write(`         ${line}\n`);
  process.stdout.write('\nCtrl-C ends it and leaves nothing behind.\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Says at once that it was heard: to end everything takes some seconds. */
export function sayEnding(): void {
  process.stdout.write('\nEnding: pods and processes are stopped.\n');
}

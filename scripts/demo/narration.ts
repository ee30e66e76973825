const startedAt = performance.now();

/** A heading. */
export function title(text: string): void {
  process.stdout.write(`\n${process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text}\n`);
}

/** A line with the time since the start. */
export function say(text: string): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6);
  process.stdout.write(`${seconds} s  ${text}\n`);
}

/** What to type in another shell. */
export function sayNext(environment: Readonly<Record<string, string>>): void {
  const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
  const exports = Object.entries(environment).map(([name, value]) =>
    name === 'PATH' ? `export PATH=${quote(value)}:"$PATH"` : `export ${name}=${quote(value)}`,
  );
  const lines = [
    'In another shell:',
    '',
    ...exports,
    'kubectl get nodes',
    'kubectl get pods -o wide',
    'kubectl logs busyecho',
    '',
    'Ctrl-C ends it and leaves nothing behind.',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

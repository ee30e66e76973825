import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { quoteWord } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { AttachedClient } from './testing/attached-client.ts';
import { JobRun, type JobRunOptions } from './testing/job-run.ts';
import { shellContainer } from './testing/plans.ts';

const echo = 'while read -r line; do echo "got $line"; done; echo over';

async function running(text: string, parts: object, options: JobRunOptions = {}): Promise<JobRun> {
  const job = await JobRun.start({ graceSeconds: 5, containers: [shellContainer('main', text, parts)] }, options);
  await job.untilState('main', { state: 'running' });
  return job;
}

/** Whether a process has this in its command line. */
function isRunning(text: string): boolean {
  return spawnSync('pgrep', ['-f', text]).status === 0;
}

describe.concurrent('the input of a container', () => {
  test('with stdinOnce ends with the first client, who hears the rest', async () => {
    await using job = await running('cat; echo over', { stdin: 'once' });
    using client = new AttachedClient(job, 'main');
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}\n`).join('');
    client.finish(`${lines}end`);
    expect(await client.ended()).toBe(0);
    expect(client.said).toBe(`${lines}endover\n`);
    expect(client.named).toBe('<mark>\n');
    expect(await job.ended()).toBe(0);
    expect(await job.leftovers()).toEqual([]);
  });

  test('with stdinOnce ends with a client that is cut off, too, and nobody is let in after it', async () => {
    await using job = await running(`${echo}; sleep 1000`, { stdin: 'once' });
    const first = new AttachedClient(job, 'main');
    first.type('a\n');
    await job.until('it is heard', () => first.said === 'got a\n');
    first.cut();
    await job.until('its end is heard', async () => (await job.text('main')) === 'got a\nover\n');
    await job.until('nobody is let in', async () => {
      using second = new AttachedClient(job, 'main');
      second.finish('b\n');
      return (await second.ended()) === 3;
    });
    expect(await job.text('main')).toBe('got a\nover\n');
  });

  test('else is there for one client after the other', async () => {
    await using job = await running(echo, { stdin: 'kept' });
    for (const name of ['first', 'second']) {
      using client = new AttachedClient(job, 'main');
      client.finish(`${name}\n`);
      await job.until('it is heard', () => client.said === `got ${name}\n`);
    }
    expect(await job.text('main')).toBe('got first\ngot second\n');
  });

  test('is each attempt’s own', async () => {
    const again = 'test -e "$TMPDIR/again" || { : >"$TMPDIR/again"; exit 1; }';
    const text = `read -r line; echo "got $line"; read -r line && echo no; ${again}`;
    await using job = await running(text, { stdin: 'once', restartPolicy: 'OnFailure' });
    for (const attempt of ['0', '1']) {
      await job.untilState('main', { state: 'running', attempt });
      using client = new AttachedClient(job, 'main');
      client.finish(`${attempt}\n`);
      expect(await client.ended()).toBe(0);
      expect(client.said).toBe(`got ${attempt}\n`);
    }
    expect(await job.ended()).toBe(0);
  });

  test('keeps nobody waiting while no one comes: not another container, nor the end', async () => {
    await using job = await JobRun.start({
      containers: [shellContainer('waits', 'cat', { stdin: 'once' }), shellContainer('works', 'echo done')],
    });
    await job.untilState('works', { state: 'terminated', exit_code: '0' });
    await job.untilState('waits', { state: 'running' });
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(143);
    expect(await job.leftovers()).toEqual([]);
  });

  test('is /dev/null where none was asked for', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', 'readlink /proc/self/fd/0')] });
    await job.ended();
    expect(await job.text('main')).toBe('/dev/null\n');
    expect(await job.read('containers/main/attach')).toBe('');
  });

  test('does not outlive a script that is killed', async () => {
    await using job = await running('cat', { stdin: 'once' });
    expect(isRunning(job.root)).toBe(true);
    job.signal('SIGKILL');
    await job.until('all of it is gone', () => !isRunning(job.root));
    await job.until('its folder is gone', async () => (await job.leftovers()).length === 0);
  });

  test('can be an answer to a question without a newline', async () => {
    await using job = await running('printf "name? "; read -r name; echo "hello $name"', { stdin: 'kept' });
    await job.until('it asks', async () => (await job.text('main')) === 'name? ');
    using client = new AttachedClient(job, 'main');
    client.type('bob\n');
    expect(await client.ended()).toBe(0);
    expect(await job.text('main')).toBe('name? hello bob\n');
  });
});

describe.concurrent('the terminal of a container', () => {
  test('is its input and output, has the size that it is given, and the exit code is the container’s', async () => {
    const text = 'test -t 0 && test -t 1 && test -t 2 && echo yes; read -r size; stty size; exit 7';
    await using job = await running(text, { stdin: 'kept', tty: true });
    using client = new AttachedClient(job, 'main');
    await job.until('it is named', () => /^<mark>\/dev\/pts\/\d+\n$/.test(client.named));
    const device = client.named.trim().slice('<mark>'.length);
    expect(spawnSync('stty', ['-F', device, 'rows', '20', 'cols', '77']).status).toBe(0);
    await job.until('it is up', async () => (await job.text('main')) === 'yes\r\n');
    client.type('go\n');
    expect(await client.ended()).toBe(0);
    expect(await job.ended()).toBe(7);
    expect(await job.text('main')).toBe('yes\r\ngo\r\n20 77\r\n');
  });

  test('lets through every byte of a command, and nothing of the node’s environment', async () => {
    const word = ' a\n$(id) `id` "\'\\ é \u0001 %s';
    const container = shellContainer('main', 'stty -opost; printf "%s|" "$1"; env | cut -d = -f 1 | sort', {
      tty: true,
    });
    const containers = [{ ...container, args: ['sh', word] }];
    await using job = await JobRun.start({ containers });
    expect(await job.ended()).toBe(0);
    const names = ['HOME', 'INTERLINK_TERMINATION_LOG', 'PATH', 'PWD', 'TERM', 'TMPDIR'];
    expect(await job.text('main')).toBe(`${word}|${names.map((name) => `${name}\n`).join('')}`);
  });

  test('is an xterm, for who enters as well, unless the container says another', async () => {
    const text = 'echo "$TERM"; until test -e "$TMPDIR/go"; do sleep 0.05; done';
    const containers = [
      shellContainer('plain', text, { tty: true }),
      shellContainer('own', text, { tty: true, env: [{ name: 'TERM', value: 'vt100' }] }),
    ];
    await using job = await JobRun.start({ containers });
    const enter = async (name: string, isTerminal: boolean) => {
      await job.untilState(name, { state: 'running' });
      const words = ['bash', join(job.plan.podFolder, 'containers', name, 'enter'), 'sh', '-c', 'echo "<$TERM>"'];
      const [program = '', ...args] = isTerminal
        ? ['script', '-qec', words.map(quoteWord).join(' '), '/dev/null']
        : words;
      return spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).stdout.trim();
    };
    expect([await enter('plain', true), await enter('own', true)]).toEqual(['<xterm>', '<vt100>']);
    expect(await enter('plain', false)).toBe('<>');
    await job.until('they speak', async () => (await job.text('own')).endsWith('\n'));
    expect([await job.text('plain'), await job.text('own')]).toEqual(['xterm\r\n', 'vt100\r\n']);
    job.signal('SIGTERM');
    await job.ended();
  });

  test('without stdin has no end to read, and TERM reaches the container', async () => {
    const text = 'trap "echo bye; exit 5" TERM; echo up; while :; do read -r line || exit 1; done';
    await using job = await running(text, { tty: true });
    await job.until('it is up', async () => (await job.text('main')) === 'up\r\n');
    job.signal('SIGTERM');
    expect(await job.ended()).toBe(5);
    expect(await job.text('main')).toBe('up\r\nbye\r\n');
  });

  test('ends with a container that has to be killed, and with a script that is', async () => {
    const mark = randomUUID();
    const text = `: ${mark}; trap "" TERM HUP; while :; do sleep 0.05; done`;
    await using job = await running(text, { tty: true });
    await using other = await running(text, { tty: true });
    await job.write('stop', `kill_at=${(Date.now() / 1_000 + 0.2).toFixed(3)}\ncause=deleted\n`);
    job.signal('SIGTERM');
    other.signal('SIGKILL');
    expect(await job.ended()).toBe(137);
    await other.until('all of it is gone', () => !isRunning(mark));
  });

  test('ends with 143, and adds nothing to the output, when Slurm tells all of the job’s processes to end', async () => {
    await using job = await running('trap "" TERM; echo up; while :; do sleep 0.05; done', { tty: true });
    await job.until('it is up', async () => (await job.text('main')) === 'up\r\n');
    expect(spawnSync('pkill', ['-TERM', '-f', job.root]).status).toBe(0);
    expect(await job.ended()).toBe(143);
    expect(await job.text('main')).toBe('up\r\n');
  });

  test('is done without on a node that has no script of util-linux, which is told', async () => {
    const containers = [shellContainer('main', 'test -t 1 || echo none', { tty: true })];
    await using job = await JobRun.start({ containers }, { withoutPerl: true });
    expect(await job.ended()).toBe(0);
    expect(await job.text('main')).toBe('none\n');
    expect(await job.events()).toContainEqual(expect.stringMatching(/^Warning NoTerminal main /));
  });
});

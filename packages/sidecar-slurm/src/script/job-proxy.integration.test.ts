import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JobRun } from './testing/job-run.ts';
import { shellContainer } from './testing/plans.ts';

/** An ssh that writes its words down and listens where it is told to, until it is ended. */
const listeningSsh = `#!/usr/bin/perl
use IO::Socket::INET;
open F, '>', "$0.words"; print F "$_\\n" for $$, @ARGV; close F;
my $server = IO::Socket::INET->new(LocalAddr => $ARGV[2], Listen => 5, ReuseAddr => 1) or die;
1 while $server->accept;
`;
const library = '/lib/x86_64-linux-gnu/libc.so.6';

async function folderWithSsh(text: string) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'interlink-ssh-'));
  await writeFile(join(folder.path, 'ssh'), text, { mode: 0o755 });
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.concurrent('a job behind a login node', () => {
  test('has a proxy for its containers, which ends with it', async () => {
    await using folder = await folderWithSsh(listeningSsh);
    const PATH = `${folder.path}:${process.env.PATH}`;
    const text = 'echo "$LD_PRELOAD"; cat "$TSOCKS_CONF_FILE"';
    await using job = await JobRun.start(
      {
        proxy: { loginNode: '-oProxyCommand=touch ran', libraryPath: library },
        containers: [shellContainer('main', text)],
      },
      { env: { PATH } },
    );
    expect(await job.ended()).toBe(0);
    const [pid, ...words] = (await readFile(join(folder.path, 'ssh.words'), 'utf8')).split('\n').slice(0, -1);
    expect(words.slice(-2)).toEqual(['--', '-oProxyCommand=touch ran']);
    const port = /^127\.0\.0\.1:(\d+)$/.exec(words[2] ?? '')?.[1];
    expect((await job.text('main')).split('\n')).toEqual(
      expect.arrayContaining([library, 'server = 127.0.0.1', `server_port = ${port}`]),
    );
    await job.until('ssh has ended', () => !isAlive(Number(pid)));
  });

  test('fails with a word of why when the login node is not to be had', async () => {
    await using folder = await folderWithSsh('#!/bin/sh\necho "ssh: no route" >&2; exit 255\n');
    const PATH = `${folder.path}:${process.env.PATH}`;
    await using job = await JobRun.start({ proxy: { loginNode: 'login', libraryPath: library } }, { env: { PATH } });
    expect(await job.ended()).toBe(137);
    const message = 'the proxy to login did not start: see slurm.out';
    expect(await job.pod()).toMatchObject({ phase: 'ended', reason: 'FailedCreatePodSandBox', message });
    expect(job.output).toContain('ssh: no route');
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../process/find-program.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import { requestEngineOrThrow } from './engine-api.ts';

const REPOSITORY = 'busybox';
const FIRST_TAG = 'latest';
const MORE_TAGS = ['1.36'];

/** Makes the busybox images of an engine from the machine's own busybox: no registry is asked. */
export async function importBusyboxImage(socket: string, directory: string): Promise<void> {
  const root = join(directory, 'busybox-root');
  await writeRootFilesystem(root);
  const tar = spawn('tar', ['--numeric-owner', '--owner=0', '--group=0', '-C', root, '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(tar, 'exit');
  const query = new URLSearchParams({ fromSrc: '-', repo: REPOSITORY, tag: FIRST_TAG });
  query.append('changes', 'CMD ["sh"]');
  query.append('changes', 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  await requestEngineOrThrow(socket, { method: 'POST', path: `/images/create?${query}`, body: tar.stdout });
  const [exitCode] = await ended;
  if (exitCode !== 0) throw new Error(`Cannot make the busybox image: tar exited with code ${exitCode}`);
  for (const tag of MORE_TAGS) {
    const path = `/images/${REPOSITORY}:${FIRST_TAG}/tag?${new URLSearchParams({ repo: REPOSITORY, tag })}`;
    await requestEngineOrThrow(socket, { method: 'POST', path });
  }
  await rm(root, { recursive: true, force: true });
}

/** What the official image has, as far as it matters: the applets in /bin, accounts, and the usual folders. */
async function writeRootFilesystem(root: string): Promise<void> {
  const busybox = await findProgram('busybox');
  if (busybox === undefined) throw new Error('Cannot make the busybox image: busybox is not found on PATH');
  for (const name of ['bin', 'dev', 'etc', 'home', 'proc', 'root', 'sys', 'tmp', 'usr/bin', 'usr/sbin', 'var/tmp']) {
    await mkdir(join(root, name), { recursive: true });
  }
  for (const name of ['tmp', 'var/tmp']) await chmod(join(root, name), 0o1777);
  await chmod(join(root, 'root'), 0o700);
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  );
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnobody:x:65534:\n');
  await copyFile(busybox, join(root, 'bin/busybox'));
  const applets = (await runCommandOrThrow(busybox, ['--list'])).trim().split('\n');
  for (const applet of applets) if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet));
}

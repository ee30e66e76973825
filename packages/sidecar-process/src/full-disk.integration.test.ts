import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PodFolder } from './folder/pod-folder.ts';
import { owner, referenceOf, requestOf, stateOf, temporaryFolder } from './testing/pods.ts';
import { RunningBackend } from './testing/running-backend.ts';
import { RuntimePodUnderTest } from './testing/runtime-pod.ts';

/** Root in a container may not, as a rule. */
const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
const sh = (script: string) => ['/bin/sh', '-c', script];

describe.skipIf(!mayMount)(mayMount ? 'a full disk' : 'a full disk (skipped: none can be mounted here)', () => {
  let scratch: Awaited<ReturnType<typeof temporaryFolder>>;
  let root: string;
  let isMounted = false;

  beforeAll(async () => {
    scratch = await temporaryFolder();
    root = join(scratch.path, 'disk');
    mkdirSync(root);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', root]);
    isMounted = true;
  });
  afterEach(async () => await rm(ballast(), { force: true }));
  afterAll(async () => {
    if (isMounted) execFileSync('umount', ['--lazy', root]);
    await scratch[Symbol.asyncDispose]();
  });

  const ballast = () => join(root, 'ballast');

  async function fill(): Promise<void> {
    await using file = await open(ballast(), 'w');
    for (;;) {
      const written = await file.write(Buffer.alloc(4_096)).catch(() => undefined);
      if (written === undefined) return;
    }
  }

  /** Makes empty files as long as there is room for one. @returns their paths */
  async function takeInodes(folder: string): Promise<string[]> {
    const files: string[] = [];
    for (;;) {
      const path = join(folder, `empty-${files.length}`);
      const isWritten = await writeFile(path, '').then(
        () => true,
        () => false,
      );
      if (!isWritten) return files;
      files.push(path);
    }
  }

  test('takes output, and neither the container nor its exit code', async () => {
    await using running = await RunningBackend.start(root);
    const long = 'head -c 20000 /dev/zero | tr "\\0" a; echo';
    const request = requestOf(sh(`${long}; until [ -e "$HOME/go" ]; do sleep 0.1; done; ${long}; exit 3`));
    const { uid } = request.pod.metadata;
    const folder = new PodFolder(join(root, 'pods'), uid);
    await running.backend.create(request, owner);
    await running.until(uid, (report) => stateOf(report)?.running !== undefined);
    await fill();
    await mkdir(join(folder.scratch, 'go'));
    const ended = await running.until(uid, (report) => stateOf(report)?.terminated !== undefined);
    expect(stateOf(ended)?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    await running.backend.delete(referenceOf(request), 0);
    await running.untilGone(uid);
  });

  test('keeps no pod from being deleted', async () => {
    await using running = await RunningBackend.start(root);
    const request = requestOf(['sleep', '1000']);
    const { uid } = request.pod.metadata;
    await running.backend.create(request, owner);
    await running.until(uid, (report) => stateOf(report)?.running !== undefined);
    await fill();
    await running.backend.delete(referenceOf(request), 1);
    await running.untilGone(uid);
  });

  test('without inodes keeps a container from being started until there are some, and is no failure of its own', async () => {
    await using pod = await RuntimePodUnderTest.make(['true']);
    const folder = pod.folder.attempt('main', 0);
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=20', 'tmpfs', folder]);
    using undo = new DisposableStack();
    undo.defer(() => void execFileSync('umount', ['--lazy', folder]));
    const attempt = await pod.create();
    const files = await takeInodes(folder);
    // Enough for a runner to take the order, and too few to run it.
    for (const file of files.splice(0, 3)) await rm(file);
    await expect(pod.runtime.start(await pod.read(), attempt)).rejects.toMatchObject({ code: 'resource_exhausted' });
    expect((await pod.newest()).state.kind).toBe('created');
    for (const file of files) await rm(file);
    await pod.runtime.start(await pod.read(), attempt);
    expect((await pod.untilEnded()).state).toMatchObject({ ending: { exitCode: 0 } });
  });

  test('keeps a pod from being created, says so, and leaves nothing of it', async () => {
    await using running = await RunningBackend.start(root);
    const request = requestOf(['true']);
    await fill();
    await expect(running.backend.create(request, owner)).rejects.toThrow(/no space left on device/);
    expect(await running.backend.list()).toEqual([]);
    await rm(ballast());
    const { uid } = request.pod.metadata;
    await running.backend.create(request, owner);
    await running.until(uid, (report) => stateOf(report)?.terminated?.exitCode === 0);
    await running.backend.delete(referenceOf(request), 0);
    await running.untilGone(uid);
  });
});

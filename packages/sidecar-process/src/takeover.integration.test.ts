import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { PodReport, PodRequest } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { owner, requestOf, stateOf, temporaryFolder } from './testing/pods.ts';

const program = `
  import { runSidecar } from '@interlink/sidecar-sdk';
  import { processSidecar } from '@interlink/sidecar-process';
  await runSidecar(processSidecar, new AbortController().signal);
`;

/** A whole process sidecar, as a process of its own, with its state in a folder. */
class SidecarProcess {
  readonly socket: string;
  readonly #process: ChildProcess;

  static async start(root: string): Promise<SidecarProcess> {
    const sidecar = new SidecarProcess(root);
    while (
      !(await sidecar.call('GET', '/readyz').then(
        ({ status }) => status === 200,
        () => false,
      ))
    )
      await delay(20);
    return sidecar;
  }

  private constructor(root: string) {
    this.socket = join(root, 'interlink', 'process.sock');
    this.#process = spawn(
      process.execPath,
      ['--conditions=interlink-source', '--input-type=module', '--eval', program],
      {
        cwd: new URL('..', import.meta.url).pathname,
        env: { XDG_RUNTIME_DIR: root, XDG_STATE_HOME: root, SECRET_OF_THE_SIDECAR: 'x' },
        stdio: ['ignore', 'ignore', 'ignore'],
      },
    );
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  async call(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = httpRequest({ socketPath: this.socket, method, path, headers });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode, text };
  }

  async pod(uid: string): Promise<PodReport | undefined> {
    const { text } = await this.call('GET', `${podsPath}`);
    return (JSON.parse(text).items as PodReport[]).find((report) => report.uid === uid);
  }

  async until(uid: string, fits: (report: PodReport | undefined) => boolean): Promise<void> {
    while (!fits(await this.pod(uid))) await delay(20);
  }
}

const podsPath = `/v2/clusters/${owner.cluster}/nodes/${owner.node}/pods`;
const pathOf = ({ pod }: PodRequest) => `${podsPath}/${pod.metadata.uid}`;

test('kill -9 of the sidecar leaves pods running, and a new sidecar takes over', async () => {
  await using folder = await temporaryFolder();
  const first = await SidecarProcess.start(folder.path);
  const go = join(folder.path, 'go');
  const untilTold = `until [ -e ${go} ]; do sleep 0.05; done`;
  const ending = requestOf(['/bin/sh', '-c', `echo begun; ${untilTold}; echo done; exit 5`]);
  const lasting = requestOf(['/bin/sh', '-c', 'echo $$; exec sleep 304']);
  for (const request of [ending, lasting]) {
    expect((await first.call('PUT', pathOf(request), request)).status).toBe(201);
    await first.until(request.pod.metadata.uid, (report) => stateOf(report)?.running !== undefined);
  }
  await first.kill();
  await writeFile(go, '');

  const second = await SidecarProcess.start(folder.path);
  expect(stateOf(await second.pod(lasting.pod.metadata.uid))?.running).toBeDefined();
  await second.until(ending.pod.metadata.uid, (report) => stateOf(report)?.terminated?.exitCode === 5);
  const log = await second.call('GET', `${pathOf(ending)}/containers/main/log`);
  expect(log.text).toBe('begun\ndone\n');

  expect((await second.call('PUT', pathOf(lasting), lasting)).status).toBe(201);
  for (const request of [ending, lasting]) {
    expect((await second.call('DELETE', `${pathOf(request)}?gracePeriodSeconds=5`)).status).toBe(204);
    await second.until(request.pod.metadata.uid, (report) => report === undefined);
  }
  await second.kill();
});

test('kill -9 while pods are being created loses none and runs none twice', async () => {
  await using folder = await temporaryFolder();
  const marks = join(folder.path, 'marks');
  await mkdir(marks);
  await chmod(marks, 0o777);
  const requests = Array.from({ length: 6 }, (_, index) =>
    requestOf(['/bin/sh', '-c', `echo once >> ${marks}/${index}; wc -l < ${marks}/${index}`]),
  );
  let sidecar = await SidecarProcess.start(folder.path);
  const sent = Promise.allSettled(requests.map((request) => sidecar.call('PUT', pathOf(request), request)));
  await delay(60);
  await sidecar.kill();
  await sent;

  sidecar = await SidecarProcess.start(folder.path);
  for (const request of requests) {
    expect((await sidecar.call('PUT', pathOf(request), request)).status).toBe(201);
    await sidecar.until(request.pod.metadata.uid, (report) => stateOf(report)?.terminated?.exitCode === 0);
    expect((await sidecar.call('GET', `${pathOf(request)}/containers/main/log`)).text).toBe('1\n');
  }
  await sidecar.kill();
});

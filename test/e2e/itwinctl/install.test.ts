import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createAuthority } from '../../testbed/control-plane/certificates.ts';
import { issueCertificate, runCommandOrThrow } from '../../testbed/index.ts';
import { Itwinctl, nobody } from '../drivers/itwinctl.ts';
import { lacks } from '../drivers/testbed-parts.ts';

const cannotRun = lacks(inject('testbed'), 'itwinctl');
const name = `oauth2-proxy-v7.8.1.linux-${arch() === 'x64' ? 'amd64' : arch()}`;

/** What is installed has only to be a program that tells its version: where it comes from is what is tried. */
const program = (version: string) => `#!/bin/sh\necho "oauth2-proxy ${version}"\n`;
const sumOf = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

let directory = '';
let archive: Buffer;
let certificate: { cert: Buffer; key: Buffer };
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'itwinctl-install-'));
  await chmod(directory, 0o755);
  await mkdir(join(directory, name));
  await writeFile(join(directory, name, 'oauth2-proxy'), program('released'), { mode: 0o755 });
  await runCommandOrThrow('tar', ['-czf', `${name}.tar.gz`, name], { cwd: directory });
  archive = await readFile(join(directory, `${name}.tar.gz`));
  const authority = await createAuthority(directory, 'mirror-ca');
  const request = { name: 'mirror', directory, commonName: 'mirror', subjectAltNames: ['IP:127.0.0.1'] };
  const { certFile, keyFile } = await issueCertificate(authority, { ...request, usage: 'serverAuth' });
  certificate = { cert: await readFile(certFile), key: await readFile(keyFile) };
});
afterAll(async () => await rm(directory, { recursive: true }));

async function create(env: Readonly<Record<string, string>> = {}): Promise<Itwinctl> {
  return await Itwinctl.create({ programs: {}, account: nobody, env });
}

/** A site's mirror of the release, with these files, over TLS. */
async function startMirror(files: Readonly<Record<string, string | Buffer>>) {
  const server = createServer(certificate, ({ url }, answer) => {
    const content = files[url?.slice(1) ?? ''];
    answer.writeHead(content === undefined ? 404 : 200).end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ITWIN_RELEASE_URL: url, CURL_CA_BUNDLE: join(directory, 'mirror-ca.crt') };
  return { env, [Symbol.asyncDispose]: async () => void server.close() };
}

describe.skipIf(cannotRun)('itwinctl.sh install', () => {
  test('takes what is on the PATH before anything else', async () => {
    await using itwinctl = await create();
    await itwinctl.write('path/oauth2-proxy', { text: program('of the PATH') });
    const path = { PATH: `${itwinctl.home}/path:${itwinctl.env.PATH}` };
    const { stdout } = await itwinctl.shell(['bash', itwinctl.script, 'install'], path);
    expect(stdout).toContain(`itwinctl: Taking ${itwinctl.home}/path/oauth2-proxy.\n`);
    expect(stdout).toContain('oauth2-proxy is installed: oauth2-proxy of the PATH\n');
  });

  test.each([
    ['a program', 'oauth2-proxy', async () => program('of a file')],
    ['the archive of the release', 'proxy.tar.gz', async () => archive],
  ])('takes %s whose checksum is right, and no other', async (_, file, read) => {
    await using itwinctl = await create();
    const path = join(itwinctl.home, file);
    const content = await read();
    await writeFile(path, content);
    const none = await itwinctl.run('install', '--from', path);
    expect(none).toMatchObject({ exitCode: 1, stderr: `itwinctl: The checksum of ${path} is wanted: --sha256 SUM.\n` });
    const wrong = await itwinctl.run('install', '--from', path, '--sha256', sumOf('another'));
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toContain(`has the SHA-256 ${sumOf(content)}, and not ${sumOf('another')}`);
    expect((await itwinctl.run('start')).exitCode).toBe(1);
    expect(await itwinctl.do('install', '--from', path, '--sha256', sumOf(content).toUpperCase())).toMatch(
      /installed: oauth2-proxy (of a file|released)\n/,
    );
  });

  test('downloads the release, and checks it against the checksum beside it or a given one', async () => {
    const files = { [`${name}.tar.gz`]: archive };
    const sum = `${name}.tar.gz-sha256sum.txt`;
    await using good = await startMirror({ ...files, [sum]: `${sumOf(archive)}  ${name}.tar.gz\n` });
    await using bad = await startMirror({ ...files, [sum]: `${sumOf('another')}  ${name}.tar.gz\n` });
    await using itwinctl = await create();
    const install = async (env: Readonly<Record<string, string>>, ...more: string[]) =>
      await itwinctl.shell(['bash', itwinctl.script, 'install', '--from', 'release', ...more], env);
    expect((await install(bad.env)).stderr).toContain(`and not ${sumOf('another')}: it is not installed`);
    expect(await install(good.env)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('oauth2-proxy released'),
    });
    expect(await install(bad.env, '--sha256', sumOf(archive))).toMatchObject({ exitCode: 0 });
    // Whoever could change the program on such a way could change the checksum, too.
    const clear = await install({ ITWIN_RELEASE_URL: 'http://127.0.0.1:9' });
    expect(clear.stderr).toContain('Cannot download the checksum, by https');
  });

  test('builds the version that it is written for with Go, when there is nothing to download', async () => {
    await using itwinctl = await create({ ITWIN_RELEASE_URL: 'https://127.0.0.1:9' });
    const go = '#!/bin/sh\necho "$@" >"$HOME/asked"\ncp "$HOME/built" "$GOBIN/oauth2-proxy"\n';
    await itwinctl.write('path/go', { text: go });
    await itwinctl.write('built', { text: program('of Go') });
    const path = { PATH: `${itwinctl.home}/path:/usr/bin:/bin` };
    const { stdout, exitCode } = await itwinctl.shell(['bash', itwinctl.script, 'install'], path);
    expect({ stdout, exitCode }).toMatchObject({ stdout: expect.stringContaining('oauth2-proxy of Go'), exitCode: 0 });
    expect(await readFile(join(itwinctl.home, 'asked'), 'utf8')).toBe(
      'install github.com/oauth2-proxy/oauth2-proxy/v7@v7.8.1\n',
    );
  });

  test('a program that does not run here replaces nothing', async () => {
    await using itwinctl = await create();
    for (const [text, code] of [
      [program('of now'), 0],
      ['#!/bin/sh\nexit 3\n', 1],
    ] as const) {
      const path = await itwinctl.write('program', { text });
      const { exitCode } = await itwinctl.run('install', '--from', path, '--sha256', sumOf(text));
      expect(exitCode).toBe(code);
    }
    const { stdout } = await itwinctl.shell([`${itwinctl.home}/.local/share/interlink/itwinctl/oauth2-proxy`]);
    expect(stdout).toBe('oauth2-proxy of now\n');
  });
});

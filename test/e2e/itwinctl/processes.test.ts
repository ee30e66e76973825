import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createAuthority } from '../../testbed/control-plane/certificates.ts';
import { ensureOAuth2Proxy, issueCertificate, ON_DEMAND_TIMEOUT_MS } from '../../testbed/index.ts';
import { TestIssuer } from '../../testbed/oidc/test-issuer.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { identifyProcess } from '../../testbed/process/process-identity.ts';
import { Itwinctl, type ItwinctlOptions, nobody, stub } from '../drivers/itwinctl.ts';
import { lacks } from '../drivers/testbed-parts.ts';

const cannotRun = lacks(inject('testbed'), 'itwinctl');
const parts = ['slurm-sidecar', 'interlink', 'oauth2-proxy'];

let issuer: TestIssuer;
/** Of a folder that all may enter, with oauth2-proxy. */
let programs = '';
/** For tests that start nothing. */
let idle: Itwinctl;
beforeAll(async () => {
  if (cannotRun) return;
  const { signal } = new AbortController();
  const proxy = await ensureOAuth2Proxy({ onProgress: (line) => void process.stderr.write(`${line}\n`), signal });
  programs = await mkdtemp(join(tmpdir(), 'itwinctl-programs-'));
  await chmod(programs, 0o755);
  await copyFile(proxy, join(programs, 'oauth2-proxy'));
  issuer = await TestIssuer.start();
  idle = await install();
}, ON_DEMAND_TIMEOUT_MS);
afterAll(async () => {
  await idle?.[Symbol.asyncDispose]();
  if (programs !== '') await rm(programs, { recursive: true });
  await issuer?.stop();
});

/** Installed, for an ordinary account, with stand-ins for InterLink and the Slurm sidecar: what is tried is how they are run. */
async function install(more: Partial<ItwinctlOptions> = {}): Promise<Itwinctl> {
  const [port = 0] = await findFreePorts(1);
  const itwinctl = await Itwinctl.create({
    programs: { interlink: stub, 'slurm-sidecar': stub, ...more.programs },
    account: nobody,
    env: {
      ...{ ITWIN_ISSUER: issuer.url, ITWIN_AUDIENCE: 'interlink', ITWIN_USERS: '*', ITWIN_PORT: String(port) },
      ...more.env,
    },
  });
  const installed = await itwinctl.shell(['bash', itwinctl.script, 'install', '--from', 'path'], {
    PATH: `${programs}:${itwinctl.env.PATH}`,
  });
  expect(installed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('oauth2-proxy v7.8.1') });
  return itwinctl;
}

async function pidOf(itwinctl: Itwinctl, part: string): Promise<number> {
  return Number((await readFile(join(itwinctl.state, `${part}.pid`), 'utf8')).split(' ')[0]);
}

const runs = (pid: number) => identifyProcess(pid) !== undefined;

describe.skipIf(cannotRun)('docs/itwinctl.sh, for an ordinary account', { concurrent: true }, () => {
  test('start starts each once, however often and by how many it is called; stop ends all and returns when they have', async () => {
    await using itwinctl = await install();
    const outcomes = await Promise.all([itwinctl.run('start'), itwinctl.run('start')]);
    expect(outcomes.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      Array(2).fill({ exitCode: 0, stderr: '' }),
    );
    const pids = await Promise.all(parts.map((part) => pidOf(itwinctl, part)));
    for (const part of parts) {
      const told = outcomes.map(({ stdout }) => stdout.match(new RegExp(`${part} (has started|runs already)`))?.[1]);
      expect(told.sort()).toEqual(['has started', 'runs already']);
    }
    expect(pids.map(runs)).toEqual([true, true, true]);
    const stopped = await itwinctl.do('stop');
    expect(stopped).toBe(
      ['oauth2-proxy', 'interlink', 'slurm-sidecar'].map((p) => `itwinctl: ${p} has ended.\n`).join(''),
    );
    expect(pids.map(runs)).toEqual([false, false, false]);
    expect(await itwinctl.do('stop')).toBe('itwinctl: Nothing runs.\n');
  });

  test('a process that has the ID of one of ours, by chance, is left alone', async () => {
    await using itwinctl = await install({ env: { ITWIN_SIDECAR: 'none' } });
    await itwinctl.do('start');
    const stranger = spawn('setpriv', [`--reuid=${nobody.uid}`, '--clear-groups', 'sleep', '600'], { stdio: 'ignore' });
    const record = join(itwinctl.state, 'interlink.pid');
    const [pid = '', ...rest] = (await readFile(record, 'utf8')).split(' ');
    await writeFile(record, [stranger.pid, ...rest].join(' '));
    const status = await itwinctl.run('status');
    expect(status).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/^interlink +is down$/m) });
    expect(await itwinctl.do('stop')).toContain('interlink did not run any more.');
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill();
    await once(stranger, 'exit');
    process.kill(Number(pid));
  });

  test('one that does not end by SIGTERM is killed in the end', async () => {
    const stubborn =
      '#!/bin/bash\ntrap "" TERM\necho \'{"msg":"listening"}\'\nwhile :; do read -rt 600 <> <(:); done\n';
    await using itwinctl = await install({ programs: { interlink: stubborn } });
    await itwinctl.do('start');
    const pid = await pidOf(itwinctl, 'interlink');
    const { stderr, exitCode } = await itwinctl.run('stop');
    expect({ stderr, exitCode }).toMatchObject({
      stderr: expect.stringMatching(/interlink .* is killed/),
      exitCode: 0,
    });
    expect(runs(pid)).toBe(false);
  });

  test('what fails at its start is told with its own words; what runs stays, and start goes on from there', async () => {
    const failing = '#!/bin/sh\necho "interlink: Invalid configuration: LogLevel" >&2\nexit 2\n';
    await using itwinctl = await install({ programs: { interlink: failing } });
    const { stderr, exitCode } = await itwinctl.run('start');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('interlink has ended at its start: interlink: Invalid configuration: LogLevel.');
    const status = await itwinctl.run('status');
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toMatch(/^slurm-sidecar +runs since .*stub:\/\/here$/m);
    expect(status.stdout).toMatch(/^interlink +is down\n +last error: interlink: Invalid configuration: LogLevel$/m);
    await itwinctl.write('bin/interlink', { text: stub });
    expect(await itwinctl.do('start')).toMatch(/slurm-sidecar runs already .*\n.*interlink has started/);
  });

  test('a port that is taken is told before anything is started on it', async () => {
    await using other = await install();
    await other.do('start');
    await using itwinctl = await install({ env: { ITWIN_PORT: other.env.ITWIN_PORT ?? '' } });
    const { stderr, exitCode } = await itwinctl.run('start');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Another process listens on port ${other.env.ITWIN_PORT}`);
  });

  test('an issuer that does not answer is told with what oauth2-proxy says', async () => {
    await using itwinctl = await install({ env: { ITWIN_ISSUER: 'http://127.0.0.1:9' } });
    const { stderr, exitCode } = await itwinctl.run('start');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/oauth2-proxy has ended at its start: .*127\.0\.0\.1:9.*connection refused/);
  });

  test('lets in whom the settings name: by user, by group, by audience', async () => {
    const quoted = 'a "group" of \\ DOMAIN';
    const env = { ITWIN_AUDIENCE: 'interlink, other', ITWIN_GROUPS: `x, ${quoted}`, ITWIN_GROUPS_CLAIM: 'roles' };
    await using itwinctl = await install({ env: { ...env, ITWIN_USERS: 'alice,bob, carol' } });
    await itwinctl.do('start');
    // Who is let in meets a stand-in that answers nothing.
    const [letIn, refused] = [502, 403];
    const ask = async (claims: Record<string, unknown>) => {
      const token = await issuer.sign({ roles: [quoted], sub: 'carol', ...claims });
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`http://127.0.0.1:${itwinctl.env.ITWIN_PORT}/`, { headers })).status;
    };
    expect(await ask({})).toBe(letIn);
    expect(await ask({ aud: ['other', 'more'] })).toBe(letIn);
    expect(await ask({ aud: 'another' })).toBe(refused);
    expect(await ask({ sub: 'eve' })).toBe(refused);
    expect(await ask({ sub: 'eve', email: 'carol', preferred_username: 'carol' })).toBe(refused);
    expect(await ask({ roles: ['y'], groups: ['x'] })).toBe(refused);
    expect(await ask({ roles: undefined })).toBe(refused);
  });

  test('does not start while it runs on another host that shares the home', async () => {
    await using itwinctl = await install();
    const other = join(dirname(itwinctl.state), 'login2');
    await mkdir(other);
    await writeFile(join(other, 'interlink.pid'), '1 2 3 4\n');
    const { stderr, exitCode } = await itwinctl.run('start');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `itwinctl: It runs on login2 already: itwinctl.sh stop there, or, if that host has gone down, remove ${other}.\n`,
    );
  });

  test('on loopback an InterLink that does not verify tokens is told, and oauth2-proxy not started before it', async () => {
    await using itwinctl = await install({ env: { ITWIN_UPSTREAM: 'loopback' } });
    const { stderr, exitCode } = await itwinctl.run('start');
    expect(exitCode).toBe(1);
    expect((await itwinctl.run('start')).exitCode).toBe(1);
    expect(stderr).toContain('InterLink does not verify tokens: with ITWIN_UPSTREAM=loopback it must, by Auth.OIDC');
    expect((await itwinctl.run('status')).stdout).toMatch(/^oauth2-proxy +is down$/m);
  });

  test('with a certificate oauth2-proxy serves it, by TLS 1.3, on all addresses', async () => {
    await using itwinctl = await install();
    const { home, script } = itwinctl;
    const authority = await createAuthority(home, 'ca');
    const request = { name: 'proxy', directory: home, commonName: 'proxy', subjectAltNames: ['IP:127.0.0.1'] };
    const { certFile, keyFile } = await issueCertificate(authority, { ...request, usage: 'serverAuth' });
    for (const file of [certFile, keyFile, authority.certFile]) await chown(file, nobody.uid, nobody.gid);
    const env = { ITWIN_TLS_CERT: certFile, ITWIN_TLS_KEY: keyFile };
    const { stdout } = await itwinctl.shell(['bash', script, 'start'], env);
    expect(stdout).toContain(`InterLink is at https://0.0.0.0:${itwinctl.env.ITWIN_PORT}.`);
    const url = `https://127.0.0.1:${itwinctl.env.ITWIN_PORT}/`;
    const ask = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '--cacert', authority.certFile, url];
    expect(await itwinctl.shell(ask)).toMatchObject({ stdout: '403' });
    expect(await itwinctl.shell([...ask, '--tls-max', '1.2'])).toMatchObject({ stdout: '000' });
  });

  test('nothing secret is in arguments or variables of processes, nor in files for others', async () => {
    const env = { OAUTH2_PROXY_SKIP_AUTH_ROUTES: '.*' };
    await using itwinctl = await install({ env });
    await writeFile(join(itwinctl.home, 'secret'), 'of-the-client', { mode: 0o600 });
    await chown(join(itwinctl.home, 'secret'), nobody.uid, nobody.gid);
    const file = { ITWIN_CLIENT_SECRET_FILE: join(itwinctl.home, 'secret') };
    expect(await itwinctl.shell(['bash', itwinctl.script, 'start'], file)).toMatchObject({ exitCode: 0 });
    const data = join(itwinctl.home, '.local/share/interlink/itwinctl');
    const cookie = (await readFile(join(data, 'cookie-secret'), 'utf8')).trim();
    expect(Buffer.from(cookie, 'base64url')).toHaveLength(32);
    for (const part of parts) {
      const proc = `/proc/${await pidOf(itwinctl, part)}`;
      const shown = (await readFile(`${proc}/cmdline`, 'utf8')) + (await readFile(`${proc}/environ`, 'utf8'));
      expect(shown).not.toContain(cookie);
      expect(shown).not.toContain('of-the-client');
      // It would open the proxy to everybody.
      if (part === 'oauth2-proxy') expect(shown).not.toContain('OAUTH2_PROXY_SKIP_AUTH_ROUTES');
    }
    for (const folder of [data, itwinctl.state, join(itwinctl.state, 'logs'), join(itwinctl.state, 'run')]) {
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      for (const name of await readdir(folder)) {
        const { mode } = await stat(join(folder, name));
        if (!name.startsWith('oauth2-proxy')) expect([name, mode & 0o077]).toEqual([name, 0]);
      }
    }
    expect((await stat(join(itwinctl.state, 'oauth2-proxy.cfg'))).mode & 0o777).toBe(0o600);
    const before = cookie;
    await itwinctl.shell(['bash', itwinctl.script, 'install', '--from', 'path'], {
      PATH: `${programs}:${itwinctl.env.PATH}`,
    });
    expect(await readFile(join(data, 'cookie-secret'), 'utf8')).not.toContain(before);
  });

  test('logs of earlier runs are kept beside the present one, three of them', async () => {
    await using itwinctl = await install({ env: { ITWIN_SIDECAR: 'none' } });
    for (let run = 1; run <= 5; run += 1) {
      const text = stub.replace('exec', `echo "run ${run}"\nexec`);
      await itwinctl.write('bin/interlink.new', { text });
      await rename(join(itwinctl.home, 'bin/interlink.new'), join(itwinctl.home, 'bin/interlink'));
      await itwinctl.do('restart');
    }
    const logs = join(itwinctl.state, 'logs');
    const names = (await readdir(logs)).filter((name) => name.startsWith('interlink')).sort();
    expect(names).toEqual(['interlink.log', 'interlink.log.1', 'interlink.log.2', 'interlink.log.3']);
    const contents = await Promise.all(names.map((name) => readFile(join(logs, name), 'utf8')));
    expect(contents.map((text) => /run \d/.exec(text)?.[0])).toEqual(['run 5', 'run 4', 'run 3', 'run 2']);
    // One that grows too long while it is written to is emptied, and written to again from its beginning.
    const long = join(logs, 'interlink.log');
    await writeFile(long, Buffer.alloc(21 * 1024 * 1024, 'x\n'), { flag: 'a' });
    await itwinctl.run('status');
    expect((await stat(long)).size).toBe(0);
    expect((await stat(`${long}.1`)).size).toBeGreaterThan(20 * 1024 * 1024);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['no issuer', { ITWIN_ISSUER: '' }, /ITWIN_ISSUER is not set: .*itwinctl\.conf/],
    [
      'an issuer without TLS',
      { ITWIN_ISSUER: 'http://issuer.example' },
      /"http:\/\/issuer\.example": an https:\/\/ URL is wanted/,
    ],
    ['no audience', { ITWIN_AUDIENCE: '' }, /ITWIN_AUDIENCE is not set/],
    ['nobody to let in', { ITWIN_USERS: '' }, /Neither ITWIN_GROUPS nor ITWIN_USERS is set/],
    [
      'a certificate without key',
      { ITWIN_TLS_CERT: '/etc/passwd' },
      /ITWIN_TLS_CERT and ITWIN_TLS_KEY are wanted together/,
    ],
    ['a key that is not there', { ITWIN_TLS_CERT: '/etc/passwd', ITWIN_TLS_KEY: '/none' }, /ITWIN_TLS_KEY is "\/none"/],
    ['a port that is none', { ITWIN_PORT: 'http' }, /ITWIN_PORT is "http": a port is wanted/],
    ['a line too many', { ITWIN_GROUPS: 'a\nemail_domains = ["*"]' }, /ITWIN_GROUPS has control characters/],
    ['a way that is none', { ITWIN_UPSTREAM: 'tcp' }, /ITWIN_UPSTREAM is "tcp": unix or loopback is wanted/],
    ['a sidecar that is a path', { ITWIN_SIDECAR: '../x' }, /ITWIN_SIDECAR is "\.\.\/x": the name of a/],
    ['users in quotation marks', { ITWIN_USERS: '"a"' }, /ITWIN_USERS has a quotation mark/],
    ['no programs', { ITWIN_BIN: '/none' }, /There is no program \/none\/slurm-sidecar: ITWIN_BIN/],
  ])('start with %s says what is wanted, and starts nothing', async (_, env, message) => {
    const { stderr, exitCode } = await idle.shell(['bash', idle.script, 'start'], env);
    expect({ stderr, exitCode }).toEqual({ stderr: expect.stringMatching(message), exitCode: 1 });
    expect((await readdir(idle.state)).filter((name) => name.endsWith('.pid'))).toEqual([]);
  });

  test('a folder whose path is too long for a socket, or has what a URL can’t have, is told with what to do', async () => {
    for (const [name, told] of [
      ['x'.repeat(90), 'too long'],
      ['100%', 'characters that a URL can'],
    ] as const) {
      const { stderr } = await idle.shell(['bash', idle.script, 'start'], { XDG_STATE_HOME: join(idle.home, name) });
      expect(stderr).toContain(told);
      expect(stderr).toContain('Set XDG_STATE_HOME to another folder');
    }
  });

  test('settings are read from the file beside, which is not run; variables go before it, and names are checked', async () => {
    await using itwinctl = await install({ env: { ITWIN_SIDECAR: 'none' } });
    const folder = join(itwinctl.home, '.config/interlink');
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'itwinctl.conf');
    const set = async (text: string) => await writeFile(file, text);
    await set(`# ours\n\nITWIN_ISSUER=http://never.example\nITWIN_ADDRESS=[::1]$(touch ${itwinctl.home}/ran)\n`);
    expect((await itwinctl.run('status')).stdout).toContain('oauth2-proxy     is down');
    expect(await readdir(itwinctl.home)).not.toContain('ran');
    await set('ITWIN_ADDRESS=::1\nITWIN_GROPS=a\n');
    expect(await itwinctl.run('status')).toMatchObject({
      exitCode: 1,
      stderr: `itwinctl: ${file}, line 2: there is no setting "ITWIN_GROPS"; itwinctl.sh --help lists them.\n`,
    });
    await set('ITWIN_ISSUER\n');
    expect((await itwinctl.run('status')).stderr).toContain(`${file}, line 1: ITWIN_ISSUER=value is wanted.`);
  });
});

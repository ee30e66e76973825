import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { execLogin } from './exec-login.ts';
import type { KubeconfigExec } from './kubeconfig-file.ts';

const V1 = 'client.authentication.k8s.io/v1';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-login-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A plugin written in JavaScript; it leaves one line per run in `runs`. */
async function plugin(body: string): Promise<KubeconfigExec> {
  const script = join(folder, 'plugin.cjs');
  await writeFile(script, `require('fs').appendFileSync(${JSON.stringify(join(folder, 'runs'))}, 'x\\n');\n${body}`);
  return {
    apiVersion: V1,
    command: process.execPath,
    args: [script, '$(touch hacked); secret-argument'],
    env: [{ name: 'EXTRA', value: 'e' }],
  };
}
const runs = async () => (await readFile(join(folder, 'runs'), 'utf8')).length / 2;
const print = (status: string) =>
  `console.log(JSON.stringify({apiVersion: ${JSON.stringify(V1)}, kind: 'ExecCredential', status: ${status}}))`;

describe('execLogin()', () => {
  it('runs the plugin once for all who wait, with the documented environment and arguments as they are', async () => {
    const exec = await plugin(
      print(
        `{token: JSON.stringify([JSON.parse(process.env.KUBERNETES_EXEC_INFO), process.env.EXTRA, process.argv[2]])}`,
      ),
    );
    const login = execLogin(
      'u',
      { ...exec, provideClusterInfo: true },
      { server: 'https://s', 'certificate-authority-data': 'Q0E=' },
    );
    const results = await Promise.all([login.current(), login.current(), login.current()]);
    const [info, extra, argument] = JSON.parse(
      String(results[0].headers?.authorization).replace('Bearer ', ''),
    ) as unknown[];
    expect(info).toEqual({
      apiVersion: V1,
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: 'https://s', 'certificate-authority-data': 'Q0E=' } },
    });
    expect([extra, argument]).toEqual(['e', '$(touch hacked); secret-argument']);
    await login.current();
    expect(await runs()).toBe(1);
  });

  it('runs it again when its credential has expired, and after expire()', async () => {
    let now = Date.UTC(2026, 0, 1);
    const exec = await plugin(print(`{token: 't', expirationTimestamp: '2026-01-01T01:00:00Z'}`));
    const login = execLogin('u', exec, {}, () => now);
    await login.current();
    await login.current();
    expect(await runs()).toBe(1);
    now = Date.UTC(2026, 0, 1, 1);
    await login.current();
    expect(await runs()).toBe(2);
    now = 0;
    login.expire?.();
    await login.current();
    expect(await runs()).toBe(3);
  });

  it("fails with the plugin's own words and the hint, not with its output or arguments", async () => {
    const exec = await plugin(`console.log('hunter2'); console.error('you are not logged in'); process.exit(3)`);
    const failing = execLogin('u', { ...exec, installHint: 'Run: login' }, {}).current();
    await expect(failing).rejects.toThrow(
      /user "u" by ".*": it exited with code 3: you are not logged in\. Run: login$/,
    );
    await expect(failing).rejects.not.toThrow(/hunter2|secret-argument/);
  });

  it('says when there is no such program', async () => {
    const login = execLogin('u', { apiVersion: V1, command: join(folder, 'nothing') }, {});
    await expect(login.current()).rejects.toThrow('it did not run (ENOENT)');
  });
});

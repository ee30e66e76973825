import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { ON_DEMAND_TIMEOUT_MS, waitFor } from '../../testbed/index.ts';
import { DockerClone, imageNames } from '../drivers/docker-clone.ts';
import { isComplete, lacks, partsOf } from '../drivers/testbed-parts.ts';

const testbed = inject('testbed');
const cannotRun = !isComplete(testbed) || lacks(testbed, 'images');

interface Image {
  readonly Size: number;
  readonly Config: Readonly<Record<string, unknown>>;
}

interface HealthLog {
  readonly ExitCode: number;
  readonly Output: string;
}

/** As docker-compose.yaml runs them. */
const hardened = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges'];

/** Who it is, what it may write, and the files of an executable's size. */
const look = [
  'id -u; stat -c "%a %u %n" /var/lib/interlink /run/interlink',
  'for folder in / /etc /usr/local/bin /run/interlink; do touch $folder/x 2>/dev/null && echo writes in $folder; done',
  'touch /var/lib/interlink/x && rm /var/lib/interlink/x',
  // Not every folder is its own to look into.
  'find / -xdev -type f -size +50M 2>/dev/null || true',
].join('\n');

describe.skipIf(cannotRun)('images', () => {
  let clone: DockerClone;
  beforeAll(async () => {
    clone = await DockerClone.make(partsOf(testbed).docker);
  }, ON_DEMAND_TIMEOUT_MS);
  afterAll(async () => {
    // Their layers stay, for docker-compose.yaml's build.
    await clone.try('image', 'rm', '--force', '--no-prune', ...imageNames.map((name) => `interlink-test/${name}`));
    await clone[Symbol.asyncDispose]();
  });

  /** A container of an image; the test's end removes it. */
  async function start(name: string, ...flags: string[]): Promise<string> {
    const args = ['run', '--detach', ...hardened, '--network=none', '--health-interval=1s', ...flags];
    const container = (await clone.run(...args, `interlink-test/${name}`)).trim();
    onTestFinished(async () => void (await clone.run('rm', '--force', '--volumes', container)));
    return container;
  }

  /** The outcome of a health check whose words are these. */
  async function waitForHealth(container: string, words: RegExp): Promise<number> {
    const { ExitCode: exitCode } = await waitFor(`a health check to say ${words}`, async () => {
      const { State } = await clone.inspect<{ State: { Health: { Log: HealthLog[] } } }>('container', container);
      const { ExitCode, Output } = State.Health.Log.at(-1) ?? { ExitCode: 0, Output: 'nothing yet' };
      if (words.test(Output)) return { ExitCode };
      throw new Error(Output);
    });
    return exitCode;
  }

  test.each(imageNames)(
    'Dockerfile.%s: small, an account of its own, nothing to write but its folder',
    async (name) => {
      const { version } = JSON.parse(
        await readFile(join(import.meta.dirname, '../../../packages/cli/package.json'), 'utf8'),
      );
      const image = `interlink-test/${name}`;
      await clone.run('build', '-t', image, '-f', `Dockerfile.${name}`, '--build-arg', 'REVISION=0123abc', '.');

      const { Size, Config } = await clone.inspect<Image>('image', image);
      expect(Size).toBeLessThan(250e6);
      expect(Config).toMatchObject({
        User: '65532:65532',
        Entrypoint: [name],
        Healthcheck: { Test: ['CMD', name, 'health'] },
        Labels: {
          'org.opencontainers.image.title': expect.stringMatching(/^InterLink/),
          'org.opencontainers.image.description': expect.stringMatching(/\.$/),
          'org.opencontainers.image.licenses': 'Apache-2.0',
          'org.opencontainers.image.version': version,
          'org.opencontainers.image.revision': '0123abc',
        },
      });
      const inside = ['run', '--rm', ...hardened, '--network=none', '--entrypoint=sh', image, '-c', look];
      expect((await clone.run(...inside)).trim().split('\n')).toEqual([
        '65532',
        '700 65532 /var/lib/interlink',
        '700 65532 /run/interlink',
        `/usr/local/bin/${name}`,
      ]);
      expect(await clone.run('run', '--rm', image, '--help')).toMatch(new RegExp(`^Usage: ${name}\\b`));
    },
  );

  test.each([
    ['mock-sidecar', 0, /^\[\+\]backend ok\nok\n$/],
    ['interlink', 1, /\[-\]sidecar failed: .*127\.0\.0\.1:4000/],
    ['docker-sidecar', 1, /\[-\]backend failed: .*\/var\/run\/docker\.sock/],
  ])('%s by itself: its health check ends with %d, and says why', async (name, exitCode, words) => {
    expect(await waitForHealth(await start(name), words)).toBe(exitCode);
  });
});

import { readdir } from 'node:fs/promises';
import { describe, expect, inject, test } from 'vitest';
import { Engine } from '../engine/engine.ts';
import { shell, useDockerSite } from '../testing/docker-site.ts';
import { strictPolicy } from '../testing/site-policy.ts';
import { SharedFolder } from './shared-folder.ts';
import { VolumeSite } from './volume-site.ts';

const { docker } = inject('testbed');

describe.skipIf(docker === undefined)(
  docker === undefined ? 'SharedFolder (skipped: no Docker Engine can run on this machine)' : 'SharedFolder',
  () => {
    const site = useDockerSite();

    test('is found to be shared, and nothing of the look is left', async () => {
      const before = (await site.engine.listContainers({ all: true })).map(({ Id }) => Id);
      expect(await new SharedFolder(new Engine(site.engine), site.root).trouble()).toBeUndefined();
      const { volumeTypes, warnings } = await site.backend.capabilities();
      expect(volumeTypes).toContain('emptyDir');
      expect(warnings).toBeUndefined();
      const probes = (await site.engine.listContainers({ all: true }))
        .filter(({ Id }) => !before.includes(Id))
        .filter(({ Names }) => Names.some((name) => name.startsWith('/interlink_probe')));
      expect(probes).toEqual([]);
      expect((await readdir(site.root)).filter((name) => name !== '.engine')).toEqual([]);
    });

    test('is found not to be where the engine has another file system', async () => {
      // The engine's own /run/docker is a tmpfs that nobody else sees (test/testbed/docker/docker-engine.ts).
      const folder = new SharedFolder(new Engine(site.engine), '/run/docker');
      expect(await folder.trouble()).toBe(
        'DataRootFolder /run/docker of this process is not there for the Docker Engine: it has to be the same folder, by the same path',
      );
      const volumes = new VolumeSite({ engine: new Engine(site.engine), root: '/run/docker', policy: strictPolicy });
      const metadata = { name: 'p', namespace: 'ns', uid: '00000000-0000-4000-8000-000000000001' };
      const spec = { containers: [shell('true')], volumes: [{ name: 'v', emptyDir: {} }] };
      await expect(volumes.assertMountable({ metadata, spec })).rejects.toThrow(/has to be the same folder/);
      expect((await readdir('/run/docker')).filter((name) => name.startsWith('probe-'))).toEqual([]);
    });
  },
);

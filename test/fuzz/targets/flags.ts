import { isDeepStrictEqual } from 'node:util';
import { parseFlags as parseConformanceFlags } from '../../../packages/cli/src/commands/interlink/conformance-flags.ts';
import { parseEngineAddress } from '../../../packages/sidecar-docker/src/engine/connection.ts';
import { parseDockerFlags } from '../../../packages/sidecar-docker/src/flags/docker-flags.ts';
import { parseScript } from '../../../packages/sidecar-mock/src/script.ts';
import { parseImageReference } from '../../../packages/sidecar-sdk/src/image/reference.ts';
import { splitWords } from '../../../packages/sidecar-sdk/src/words/split-words.ts';
import { parseFlags, renderFlags } from '../../../packages/sidecar-slurm/src/flags/parse-flags.ts';
import { parseCommandLine } from '../../../packages/sidecar-slurm/src/slurm/commands/parse-command-line.ts';
import { written } from '../corpus.ts';
import { hold, type Target } from '../target.ts';

/** Flags and words in annotations of pods and in configurations. */
export const flags: Target = {
  name: 'flags',
  corpus: written(
    '-p gpu --gres=gpu:a100:2 --time 1-00:00:00 --exclusive -HO --mem=16G',
    '--shm-size=64m --ulimit nofile=1024:2048 --device /dev/fuse --init',
    'ssh -i key login -- /usr/bin/sbatch',
    `sh -c "echo \\"a\\" 'b'" \\ x`,
    'http://127.0.0.1:4002 --only log-tail --patience 3',
  ),
  read: (input) => {
    const text = input.toString();
    const words = splitWords(text) ?? [];
    const { flags: found, problems } = parseFlags(words);
    if (problems.length === 0)
      hold(isDeepStrictEqual(parseFlags(renderFlags(found)).flags, found), 'flags are read back');
    parseDockerFlags(text, {});
    if (!words.some((word) => /^(-h|--help)$/.test(word))) parseCommandLine(text, 'SbatchPath');
  },
};

export const commandArguments: Target = {
  name: 'command-arguments',
  corpus: written(
    'http://127.0.0.1:4002 --only log-tail --patience 3 -o junit',
    'unix:///run/x --protocol v2 --parallel 4',
  ),
  read: (input) => {
    const words = input.toString().split(' ');
    // Help is printed.
    if (!words.some((word) => /^(-[^-]*h|--help)/.test(word))) parseConformanceFlags(words);
  },
};

export const images: Target = {
  name: 'image-references',
  corpus: written('busybox', 'ghcr.io/a/b:1.0', `localhost:5000/a@sha256:${'0'.repeat(64)}`, '[::1]:80/a/b-c__d.e:x'),
  read: (input) => {
    parseImageReference(input.toString());
    parseEngineAddress({ DOCKER_HOST: input.toString() });
  },
};

/** Annotations by which a pod tells the mock what to play. */
export const mockAnnotations: Target = {
  name: 'mock-annotations',
  corpus: written(
    {
      'mock.interlink.eu/run-seconds': '3',
      'mock.interlink.eu/exit-code': '1',
      'mock.interlink.eu/create-error': 'unavailable',
    },
    {
      'mock.interlink.eu/log-lines': '10',
      'mock.interlink.eu/delete-delay': '1000',
      'mock.interlink.eu/resize': 'deferred',
    },
  ),
  read: (input) => {
    const found = Object.entries(Object(jsonObject(input)) as Record<string, unknown>);
    parseScript(Object.fromEntries(found.map(([name, value]) => [name, String(JSON.stringify(value))])));
    parseScript(Object.fromEntries(found.filter((entry): entry is [string, string] => typeof entry[1] === 'string')));
  },
};

function jsonObject(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch {
    return {};
  }
}

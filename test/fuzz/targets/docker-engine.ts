import type Docker from 'dockerode';
import { parseLabels } from '../../../packages/sidecar-docker/src/identity/labels.ts';
import { parseResolvConf, renderResolvConf } from '../../../packages/sidecar-docker/src/sandbox/resolv-conf.ts';
import { toNetworkStats } from '../../../packages/sidecar-docker/src/stats/usage.ts';
import { toEngineContainer } from '../../../packages/sidecar-docker/src/status/engine-container.ts';
import { recordedJson, written } from '../corpus.ts';
import { jsonOf } from '../json-input.ts';
import { isInterLinkError, type Target, throwsNothing } from '../target.ts';

const inspected = recordedJson(
  'packages/sidecar-docker/src/testdata/crash-loop.inspect.json',
) as Docker.ContainerInspectInfo[];
const labels = inspected.map(({ Config }) => Config.Labels);

/** Labels, which anybody who reaches the engine may put on a container of his own. */
export const dockerLabels: Target = {
  name: 'docker-labels',
  corpus: written(...labels),
  read: (input) => {
    const texts = Object.entries(Object(jsonOf(input)) as Record<string, unknown>).filter(
      ([, value]) => typeof value === 'string',
    );
    const found = Object.fromEntries(texts) as Record<string, string>;
    parseLabels(found);
    const [first] = inspected;
    if (first !== undefined) toEngineContainer({ ...first, Config: { ...first.Config, Labels: found } });
  },
  mayThrow: isInterLinkError,
};

/** Files of the machine. */
export const machineFiles: Target = {
  name: 'machine-files',
  corpus: written(
    'nameserver 10.0.0.2\nsearch a.example b\noptions ndots:5\n',
    '  eth0: 1 2 0 0 0 0 0 0 5 6 0 0 0 0 0 0\n    lo: 1 2\n',
  ),
  read: (input) => {
    renderResolvConf(parseResolvConf(input.toString()));
    toNetworkStats(input.toString(), new Date(0));
  },
  mayThrow: throwsNothing,
};

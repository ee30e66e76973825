import { elsewhere, type Field, ignored, recordOf, refused, supported } from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';
import { securityFields } from './security-fields.ts';

const isTrue = { concerns: (value: unknown) => value === true, values: 'true' };
const isGrpc = { concerns: (value: unknown) => 'grpc' in recordOf(value), values: '`grpc`' };
const noGrpc = 'a job probes by command, HTTP and TCP';

/** Fields of a container, of whichever kind. */
export const containerFields: ReadonlyArray<Field<SlurmSite>> = [
  supported('args', "instead of the image's `CMD`"),
  supported('command', "instead of the image's `ENTRYPOINT`; with the runtime `none` there must be one"),
  supported(
    'env',
    'names other than letters, digits and `_` are left out, with event `InvalidEnvironmentVariableNames`',
  ),
  elsewhere('envFrom', 'by the virtual kubelet'),
  ignored('image', 'there are no images here', {
    concerns: (_, { policy }) => policy.runtime.name === 'none',
    values: 'with the runtime `none`',
  }),
  supported('imagePullPolicy'),
  supported('lifecycle.postStart'),
  supported('lifecycle.preStop'),
  supported('lifecycle.stopSignal'),
  refused('livenessProbe', noGrpc, isGrpc),
  supported('name'),
  supported('ports[].containerPort', 'a port of the node: two jobs on one node can’t both listen there'),
  ignored('ports[].hostIP', 'a process listens where it wants', {
    concerns: (value) => value !== '0.0.0.0' && value !== '::',
    values: 'a single address',
  }),
  refused('ports[].hostPort', 'a job is in the network of its node: no port is mapped to another', {
    concerns: (value, { parent }) => value !== 0 && value !== parent.containerPort,
    values: 'another than `containerPort`',
  }),
  supported('ports[].name'),
  supported('ports[].protocol'),
  refused('readinessProbe', noGrpc, isGrpc),
  ignored('resizePolicy', 'a job keeps the resources that it began with', {
    concerns: (value) =>
      Array.isArray(value) && value.some((one) => recordOf(one).restartPolicy === 'RestartContainer'),
    values: '`RestartContainer`',
  }),
  refused('resources.claims', 'dynamic resource allocation needs a driver on the node'),
  ignored('resources.limits', 'how much a container writes is not limited', {
    concerns: (value) => 'ephemeral-storage' in recordOf(value),
    values: '`ephemeral-storage`',
  }),
  supported(
    'resources.requests',
    'where there is no limit; the job gets what its containers need together, and Slurm does not keep them apart',
  ),
  supported('restartPolicy'),
  refused('restartPolicyRules', 'containers are restarted one by one', {
    concerns: (value) => !Array.isArray(value) || value.some((rule) => recordOf(rule).action !== 'Restart'),
    values: 'actions other than `Restart`',
  }),
  supported('securityContext.allowPrivilegeEscalation', 'Apptainer never lets processes gain privileges'),
  refused('securityContext.capabilities.add', 'an ordinary account has none to give'),
  supported('securityContext.capabilities.drop', 'processes of an ordinary account have none'),
  refused('securityContext.privileged', 'a job is an ordinary account', isTrue),
  refused('securityContext.procMount', 'an ordinary account can’t unmask /proc', {
    concerns: (value) => value === 'Unmasked',
    values: '`Unmasked`',
  }),
  supported('securityContext.readOnlyRootFilesystem'),
  ...securityFields,
  refused('startupProbe', noGrpc, isGrpc),
  supported('stdin'),
  supported('stdinOnce'),
  refused('targetContainerName', 'nothing is added to a job that runs'),
  supported('terminationMessagePath'),
  supported('terminationMessagePolicy'),
  supported(
    'tty',
    'on nodes that have `script` of util-linux; on others the container runs without one, with event `NoTerminal`',
  ),
  refused('volumeDevices', 'raw block devices need a storage driver on the node'),
  supported('volumeMounts[].mountPath'),
  refused('volumeMounts[].mountPropagation', 'mounts of a container stay as they were at its start', {
    concerns: (value) => value !== 'None',
    values: 'all but `None`',
  }),
  supported('volumeMounts[].name'),
  supported('volumeMounts[].readOnly'),
  refused('volumeMounts[].recursiveReadOnly', 'a mount can be made read-only, not the mounts below it', {
    concerns: (value) => value === 'Enabled',
    values: '`Enabled`',
  }),
  supported('volumeMounts[].subPath'),
  elsewhere('volumeMounts[].subPathExpr', 'by the virtual kubelet, which makes it a `subPath`'),
  supported('workingDir'),
];

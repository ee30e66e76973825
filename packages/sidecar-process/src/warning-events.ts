import { type Container, declared, type EventText, type Pod } from '@interlink/sidecar-sdk';
import { mountedVolumes, terminationVariable } from './container-order.ts';

/** What Kubernetes writes into every container that says nothing else. */
const defaultTerminationPath = '/dev/termination-log';

/** Told once per pod, so that nobody takes this backend for a container engine. @param account whose processes they are */
export function warningEvents(pod: Pod, account: string): EventText[] {
  const containers = declared(pod).map(({ spec }) => spec);
  const isolation = `Runs as plain processes of account ${account}: images are ignored and nothing is isolated`;
  return [warning('NotIsolated', isolation), ...mountWarnings(containers), ...terminationWarnings(containers)];
}

function mountWarnings(containers: ReadonlyArray<Container>): EventText[] {
  const mounts = containers.flatMap(mountedVolumes);
  if (mounts.length === 0) return [];
  const list = mounts.map(([variable, { mountPath }]) => `$${variable} for ${mountPath}`).join(', ');
  const message = `Volumes are not mounted at their mountPath; their folders are in the environment: ${list}`;
  return [warning('MountPathNotHonoured', message)];
}

/** Of the default path nobody has to be told who did not ask for it. */
function terminationWarnings(containers: ReadonlyArray<Container>): EventText[] {
  const own = containers.flatMap(({ terminationMessagePath: path }) =>
    path === undefined || path === '' || path === defaultTerminationPath ? [] : [path],
  );
  if (own.length === 0) return [];
  const message = `What is written to ${own.join(', ')} is no termination message: $${terminationVariable} names the file to write to`;
  return [warning('TerminationMessagePathNotHonoured', message)];
}

function warning(reason: string, message: string): EventText {
  return { type: 'Warning', reason, message };
}

import { isNotFound, isUidMismatch, type KubeClient, type Pod, pods } from '@interlink/kube';
import { traced } from '@interlink/service-kit';

/** Takes a pod that has ended out of the API. @returns false when it was gone already, or another has its name now */
export async function removePod(
  client: Pick<KubeClient, 'delete'>,
  { metadata }: Pod,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace, name, uid = '' } = metadata ?? {};
  try {
    await traced('remove pod', { kind: 'client' }, () =>
      client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, uid, signal }),
    );
    return true;
  } catch (error) {
    if (isNotFound(error) || isUidMismatch(error)) return false;
    throw error;
  }
}

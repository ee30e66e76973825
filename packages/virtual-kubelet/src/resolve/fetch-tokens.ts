import type { Pod } from '@interlink/kube';
import type { ResolvedVolume, VolumeFile } from '@interlink/protocol';
import type { ObjectReader } from './object-reader.ts';
import { refusal } from './pod-objects.ts';
import type { TokenFile } from './projected-files.ts';
import { Unresolvable } from './resolve-error.ts';
import { mountError, type VolumeDraft } from './resolve-volumes.ts';

/**
 * Completes volumes with tokens of the pod's service account, bound to the pod. The last step of all: none is asked for in vain.
 * @throws ResolveError with a `FailedMount` when the API refuses
 */
export async function fetchTokens(
  drafts: readonly VolumeDraft[],
  pod: Pod,
  { objects, signal }: { objects: ObjectReader; signal: AbortSignal },
): Promise<ResolvedVolume[]> {
  const { namespace = '', name = '', uid = '' } = pod.metadata ?? {};
  const serviceAccount = pod.spec?.serviceAccountName || 'default';
  const fetch = async ({ path, mode, token }: TokenFile, volume: string): Promise<VolumeFile> => {
    try {
      const request = { ...token, pod: { name, uid } };
      const text = await objects.serviceAccountToken(namespace, serviceAccount, request, signal);
      return { path, mode, data: Buffer.from(text, 'utf8').toString('base64') };
    } catch (err) {
      const trouble = new Unresolvable(`failed to fetch token: ${refusal(err)}`, [], [], true);
      throw mountError([{ volume, trouble }]);
    }
  };
  return Promise.all(
    drafts.map(async (draft) => ({
      name: draft.name,
      files: await Promise.all(draft.files.map((file) => ('token' in file ? fetch(file, draft.name) : file))),
    })),
  );
}

import { type KubeClient, KubeStatusError, selfSubjectReviews } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Check, type Finding, ok, problem } from '../check.ts';

export const kubernetesApi: Check = {
  name: 'kubernetes-api',
  summary:
    'The Kubernetes API answers by the kubeconfig, or the pod’s own account, with its version and whom it knows this account as.',
  sides: ['cluster'],
  run: async (context, signal) => {
    try {
      const access = await context.loadAccess();
      const { client } = await context.cluster();
      const { gitVersion = 'an unknown version' } = await client.request<{ gitVersion?: string }>({
        method: 'GET',
        path: '/version',
        signal,
      });
      const name = await whoAmI(client, signal);
      return [ok(`${access.server.href} answers: Kubernetes ${gitVersion}, as ${name} (${access.source})`)];
    } catch (error) {
      if (signal.aborted) throw error;
      return [unreachable(error)];
    }
  },
};

/** Since Kubernetes 1.28. https://kubernetes.io/docs/reference/access-authn-authz/authentication/#self-subject-review */
async function whoAmI(client: KubeClient, signal: AbortSignal): Promise<string> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    return (await client.create(selfSubjectReviews, {}, review, { signal })).status?.userInfo?.username ?? 'nobody';
  } catch (error) {
    if (error instanceof KubeStatusError && error.code !== 401) return 'an account that it does not tell';
    throw error;
  }
}

function unreachable(error: unknown): Finding {
  const isRefused = error instanceof KubeStatusError && error.code === 401;
  return problem({
    what: InterLinkError.from(error).message,
    why: 'without the Kubernetes API there is no virtual node',
    fix: isRefused
      ? 'get a new kubeconfig, or a new token for the service account: this one is not let in'
      : 'name the right kubeconfig with --kubeconfig or $KUBECONFIG, and try it: kubectl version',
  });
}

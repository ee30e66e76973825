import { type KubeClient, subjectAccessReviews, tokenReviews } from '@interlink/kube';
import type { Identity } from './credentials.ts';

/** One thing somebody wants to do with a node. */
export interface NodeAccess {
  /** `get`, `create`, … */
  verb: string;
  /** `proxy`, `metrics`, … */
  subresource: string;
  nodeName: string;
}

/** The two questions that only the Kubernetes API can answer. Both throw when it gives no answer. */
export interface Reviews {
  /** Whose token it is; undefined when nobody's. */
  whoIs(bearerToken: string): Promise<Identity | undefined>;
  isAllowed(identity: Identity, access: NodeAccess): Promise<boolean>;
}

/** Asks by TokenReview and SubjectAccessReview; the account of `client` needs `create` on both (ClusterRole `system:auth-delegator`). */
export function kubernetesReviews(client: KubeClient): Reviews {
  return {
    async whoIs(bearerToken) {
      const { status } = await client.create(
        tokenReviews,
        {},
        { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: bearerToken } },
      );
      const user = status?.user;
      if (status?.authenticated !== true || user?.username === undefined || user.username === '') return undefined;
      return { user: user.username, groups: user.groups ?? [], uid: user.uid, extra: user.extra };
    },

    async isAllowed({ user, groups, uid, extra }, { verb, subresource, nodeName }) {
      const { status } = await client.create(
        subjectAccessReviews,
        {},
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: {
            user,
            groups: [...groups],
            ...(uid === undefined ? {} : { uid }),
            ...(extra === undefined ? {} : { extra: { ...extra } }),
            resourceAttributes: { verb, group: '', version: 'v1', resource: 'nodes', subresource, name: nodeName },
          },
        },
      );
      return status?.allowed === true && status.denied !== true;
    },
  };
}

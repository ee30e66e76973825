import { isForbidden, isNotFound, type KubeClient, selfSubjectReviews } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';

/** The user that a node's own credentials are of: https://kubernetes.io/docs/reference/access-authn-authz/node/ */
const nodeUser = /^system:node:(.+)$/;

/**
 * Whether the account is the node's own identity, which the node authorizer and NodeRestriction keep to what concerns that node. An
 * API that does not say who we are is taken to have no such identities.
 * @throws InterLinkError `failed_precondition` when it is another node's; KubeStatusError, KubeTransportError when the API gives no answer
 */
export async function isNodeIdentity(
  client: Pick<KubeClient, 'create'>,
  nodeName: string,
  signal: AbortSignal,
): Promise<boolean> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await client.create(selfSubjectReviews, {}, review, { signal }).catch((error: unknown) => {
    if (isNotFound(error) || isForbidden(error)) return undefined;
    throw error;
  });
  const { username = '', groups = [] } = answer?.status?.userInfo ?? {};
  const own = nodeUser.exec(username)?.[1];
  if (own === undefined || !groups.includes('system:nodes')) return false;
  if (own === nodeName) return true;
  throw new InterLinkError(
    'failed_precondition',
    `Cannot be node ${JSON.stringify(nodeName)} with the identity of node ${JSON.stringify(own)} (user ${username}): one node, one identity`,
  );
}

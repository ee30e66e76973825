import { isNotFound, type KubeClient, KubeStatusError, nodes as nodeType } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Check, type Finding, NotApplicable, ok, problem, warning } from '../check.ts';

export const kubeletPort: Check = {
  name: 'kubelet-port',
  summary:
    'The API server reaches each virtual node’s kubelet port and is let in there, by nodes/proxy: what kubectl logs and exec go through.',
  sides: ['cluster'],
  run: async (context, signal) => {
    const [nodes, { client }] = await Promise.all([context.nodes(), context.cluster()]);
    return await Promise.all(nodes.map(async ({ name }) => await lookAt(name, client, signal)));
  },
};

async function lookAt(name: string, client: KubeClient, signal: AbortSignal): Promise<Finding> {
  let address = 'no address';
  try {
    const { status } = await client.get(nodeType, { name }, { signal });
    const host = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? 'no InternalIP';
    address = `${host}:${status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 10_250}`;
  } catch (error) {
    if (isNotFound(error)) return unregistered(name);
    throw error;
  }
  try {
    const path = `/api/v1/nodes/${encodeURIComponent(name)}/proxy/configz`;
    await client.request({ method: 'GET', path, signal });
    return ok(`the API server reaches the kubelet port of ${name} at ${address}`);
  } catch (error) {
    return adviceFor(name, address, error);
  }
}

function unregistered(name: string): Finding {
  return warning({
    what: `there is no node ${name} in the cluster`,
    why: 'pods can’t be scheduled to it; whether its kubelet port is reached shows once it is there',
    fix: 'start the virtual kubelet, or name the node that it has: --nodename',
  });
}

function adviceFor(name: string, address: string, error: unknown): Finding {
  const { message } = InterLinkError.from(error);
  const what = `the kubelet port of ${name} at ${address}: ${message}`;
  const isKubelets = !(error instanceof KubeStatusError) || error.reason === '';
  // https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/util/utils.go: logs and exec are not held to that.
  if (error instanceof KubeStatusError && error.code === 400 && /address not allowed/.test(message))
    throw new NotApplicable(
      `the API server hands no request on to a loopback address, which ${address} is: --run-pod shows whether logs come back`,
    );
  if (isNotFound(error) && !isKubelets)
    throw new NotApplicable(
      'this API server has no way to a node by nodes/proxy: --run-pod shows whether logs come back',
    );
  // The API server's own refusal names the resource; the kubelet's comes through it as it is.
  if (error instanceof KubeStatusError && error.code === 403 && /nodes\/proxy|nodes "/.test(message) && !isKubelets)
    throw new NotApplicable(
      'this account may not get nodes/proxy: run the doctor with an administrator’s kubeconfig to look at it',
    );
  if (error instanceof KubeStatusError && (error.code === 401 || error.code === 403))
    return problem({
      what,
      why: 'the kubelet port turns the API server away: no logs, no exec',
      fix: 'the CA of the API server’s kubelet client certificate has to be known: APISERVER_CA_CERT_LOCATION, or the right to read extension-apiserver-authentication; see docs/kubelet.md',
    });
  return problem({
    what,
    why: 'kubectl logs, exec, attach, cp and port-forward fail; pods run all the same',
    fix: `open ${address} for the API server; with more than one network set POD_IP (or VKUBELET_POD_IP) to the address that the API server can reach`,
  });
}

/** The release whose kubelet we are like, as servers that are probed read it in `User-Agent`; the node tells the same one. */
export const kubernetesVersion = '1.34';

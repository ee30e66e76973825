/** What a pod may ask about its node: `status.hostIP`, `spec.nodeName`, and limits that default to what the node can give. */
export interface NodeFacts {
  name: string;
  hostIP: string;
  /** One per IP family, `hostIP` first. */
  hostIPs: string[];
  /** Quantities by resource name, as in the node's `status.allocatable`. */
  allocatable: Record<string, string>;
}

/** The first node of Slurm's list of them, `c[01-04,07],d1`: the one on which the batch script runs. */
export function firstNode(nodes: string): string {
  return nodes.replaceAll(/\[(\w+)[^\]]*\]/g, '$1').split(',')[0] ?? '';
}

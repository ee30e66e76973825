const nodeLine = /^NodeName=(\S+) .* Reason=(.+?)(?: \[[^\]]*\])?\s*$/;

/** Reads `scontrol show node --oneliner`: why nodes are down or drained, by their names; a node without a reason is not in it. */
export function parseNodeReasons(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): Array<[string, string]> => {
      const [, name, reason] = nodeLine.exec(line) ?? [];
      return name === undefined || reason === undefined ? [] : [[name, reason]];
    }),
  );
}

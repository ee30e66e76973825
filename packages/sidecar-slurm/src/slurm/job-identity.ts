import { InterLinkError, type PodReference } from '@interlink/sidecar-sdk';

/** Slurm takes 1,024 bytes, and refuses a longer comment (22.05 and 24.11: "parameter too long"). */
export const maxCommentBytes = 1_024;

const version = 1;

/** Parts of paths are made of these, so that nothing else is believed, whoever wrote the comment. */
const uidPattern = /^[0-9A-Za-z]([-0-9A-Za-z]{0,61}[0-9A-Za-z])?$/;
const namePattern = /^[0-9A-Za-z]([-_.0-9A-Za-z]{0,251}[0-9A-Za-z])?$/;

/**
 * A job's comment: whose it is, as one line of JSON in printable ASCII, without squeue's delimiter, and without what a shell would act
 * upon inside double quotes.
 * @throws InterLinkError `failed_precondition` when it does not fit
 */
export function renderIdentity({ uid, owner, namespace, name }: PodReference): string {
  const json = JSON.stringify({ v: version, uid, cluster: owner.cluster, node: owner.node, ns: namespace, name });
  const comment = json.replaceAll(/[^ -~]|['$`|]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (comment.length > maxCommentBytes)
    throw new InterLinkError(
      'failed_precondition',
      `The names of pod "${namespace}/${name}", its cluster and its node take ${comment.length} bytes in the job's comment; Slurm keeps ${maxCommentBytes}`,
    );
  return comment;
}

/** Reads it back; undefined for a comment that is not ours, or names what can't be a pod. */
export function parseIdentity(comment: string): PodReference | undefined {
  const { v, uid, cluster, node, ns, name } = parseObject(comment);
  if (v !== version || !isText(uid, uidPattern)) return undefined;
  if (![cluster, node, ns, name].every((text) => isText(text, namePattern))) return undefined;
  return { uid, owner: { cluster: String(cluster), node: String(node) }, namespace: String(ns), name: String(name) };
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value) && !value.includes('..');
}

function parseObject(text: string): Record<string, unknown> {
  if (!text.startsWith('{')) return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

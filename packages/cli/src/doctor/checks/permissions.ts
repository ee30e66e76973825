import { isNotFound, type KubeClient, type SelfSubjectAccessReview, selfSubjectAccessReviews } from '@interlink/kube';
import { type Check, type Finding, NotApplicable, ok, problem } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { type NeededAccess, neededAccess } from '../needed-access.ts';

/** One question to the API server. */
interface Question extends NeededAccess {
  readonly verb: string;
  readonly namespace: string | undefined;
}

export const permissions: Check = {
  name: 'permissions',
  summary:
    'This account may do in the cluster what deploy/rbac grants, by SelfSubjectAccessReview; what the configuration does not use may be missing.',
  sides: ['cluster'],
  timeoutMs: 20_000,
  run: async (context, signal) => {
    const { client } = await context.cluster();
    const questions = await questionsOf(context);
    const answers = await Promise.all(
      questions.map(async (question) => ({ ...question, isAllowed: await isAllowed(client, question, signal) })),
    );
    const denied = answers.filter((answer) => !answer.isAllowed);
    const parts = [...new Set(denied.map(({ part }) => part))];
    const used = await usedParts(context);
    return [
      ...(denied.length === 0 ? [ok(`all ${questions.length} permissions of deploy/rbac are there`)] : []),
      ...parts.flatMap((part) => {
        const rows = denied.filter((row) => row.part === part);
        return used.has(part) ? [...byResource(rows).values()].map(refused) : [ok(unused(part))];
      }),
    ];
  },
};

async function questionsOf(context: DoctorContext): Promise<Question[]> {
  const [config, nodes, { access }] = await Promise.all([context.config(), context.nodes(), context.cluster()]);
  const named = nodes[0]?.settings.namespaces;
  const namespacesOf = ({ where, part }: NeededAccess): ReadonlyArray<string | undefined> => {
    if (where === 'cluster') return [undefined];
    if (where === 'pods') return named ?? [undefined];
    if (where !== 'own') return [where];
    const own = part === 'kubeconfig' ? config.Namespace : config['LeaderElection.Namespace'];
    return [own ?? access.namespace ?? 'default'];
  };
  return neededAccess.flatMap((row) => {
    const name = row.part === 'kubeconfig' ? config.ServiceAccount : row.name;
    const needed = { ...row, ...(name === undefined ? {} : { name }) };
    return namespacesOf(row).flatMap((namespace) => row.verbs.map((verb) => ({ ...needed, verb, namespace })));
  });
}

/** What the configuration makes use of. */
async function usedParts(context: DoctorContext): Promise<ReadonlySet<string>> {
  const [config, { access }] = await Promise.all([context.config(), context.cluster()]);
  const takesTurns = config['LeaderElection.Enabled'] ?? access.isInCluster === true;
  const hasAccount = (config.ServiceAccount ?? '') !== '';
  return new Set(['node', ...(takesTurns ? ['leader-election'] : []), ...(hasAccount ? ['kubeconfig'] : [])]);
}

async function isAllowed(client: KubeClient, question: Question, signal: AbortSignal): Promise<boolean> {
  const { verb, group, name, namespace } = question;
  const [resource = '', subresource] = question.resource.split('/');
  const resourceAttributes = { verb, group, version: '*', resource, subresource, name, namespace };
  const review: SelfSubjectAccessReview = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: JSON.parse(JSON.stringify(resourceAttributes)) },
  };
  const { status } = await client.create(selfSubjectAccessReviews, {}, review, { signal }).catch(withoutReviews);
  return status?.allowed === true && status.denied !== true;
}

/** Kubernetes always has them; what stands in for it, as for tests, may not. */
function withoutReviews(error: unknown): never {
  if (!isNotFound(error)) throw error;
  throw new NotApplicable('this API server has no access reviews: what this account may do shows when it does it');
}

function byResource(rows: ReadonlyArray<Question>): ReadonlyMap<string, Question[]> {
  return Map.groupBy(rows, ({ group, resource, where, name }) => [group, resource, where, name].join(' '));
}

function refused(rows: ReadonlyArray<Question>): Finding {
  const [{ resource, group, part, purpose, name } = rows[0] as Question] = rows;
  const verbs = [...new Set(rows.map(({ verb }) => verb))].join(', ');
  const places = [...new Set(rows.map(({ namespace }) => namespace ?? 'the whole cluster'))].join(', ');
  const full = `${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;
  return problem({
    what: `this account may not ${verbs} ${full} in ${places}`,
    why: purpose,
    fix: `kubectl apply -k deploy/rbac/${part === 'node' ? 'cluster' : part}, and bind it to the account that the virtual kubelet has${part === 'node' ? '; deploy/rbac/namespace is for a node that serves some namespaces only' : ''}`,
  });
}

function unused(part: string): string {
  return `deploy/rbac/${part} is not granted, and this configuration does without`;
}

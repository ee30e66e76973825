import { InterLinkError, type PodRequest, parsePodRequest } from '@interlink/protocol';
import { type Document, parseAllDocuments } from 'yaml';

/** A manifest as a request for a pod, and what of it only a cluster could tell. */
export interface ReadPod {
  readonly request: PodRequest;
  readonly warnings: ReadonlyArray<string>;
}

type Members = Readonly<Record<string, unknown>>;

/** @param from where the text comes from, for messages @throws InterLinkError `invalid_argument` unless it holds one pod */
export function readPod(text: string, from: string): ReadPod {
  const documents = parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw wrong(from, `is no YAML: ${error.message}`);
    return itemsOf(contentOf(document, from));
  });
  const pods = documents.filter((document) => isMembers(document) && document.kind === 'Pod').map(membersOf);
  const [pod] = pods;
  if (pod === undefined || pods.length > 1) {
    const found = pods.length > 1 ? `${pods.length} pods` : `no pod${kindsOf(documents)}`;
    throw wrong(from, `holds ${found}: one is wanted, as kubectl get pod NAME -o yaml prints it`);
  }
  const { name, namespace, uid, labels, annotations } = membersOf(pod.metadata);
  const spec = membersOf(pod.spec);
  const warnings: string[] = [];
  const containersOf = (key: string) => elementsOf(spec[key]).map((container) => withoutSources(container, warnings));
  const request = parsePodRequest({
    pod: {
      metadata: {
        ...{ name: name ?? 'pod', namespace: namespace ?? 'default', uid: uid ?? crypto.randomUUID() },
        ...{ labels: labels ?? {}, annotations: annotations ?? {} },
      },
      spec: {
        ...spec,
        containers: containersOf('containers'),
        ...(spec.initContainers === undefined ? {} : { initContainers: containersOf('initContainers') }),
      },
    },
    volumes: [],
  });
  return { request, warnings };
}

/** What `kubectl get -o yaml` prints of several is a list. */
function itemsOf(document: unknown): unknown[] {
  const isList = isMembers(document) && /^(Pod)?List$/.test(String(document.kind));
  return isList && Array.isArray(document.items) ? document.items : [document];
}

function kindsOf(documents: ReadonlyArray<unknown>): string {
  const kinds = documents.filter(isMembers).flatMap(({ kind }) => (kind === undefined ? [] : [String(kind)]));
  return kinds.length === 0 ? '' : ` but ${[...new Set(kinds)].join(', ')}`;
}

/** An alias of nothing, or of too much, is found only here. */
function contentOf(document: Document, from: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw wrong(from, `is no YAML: ${InterLinkError.from(error).message}`);
  }
}

/** Plain variables only: those with a source have their value from the cluster. */
function withoutSources({ env, envFrom, ...container }: Members, warnings: string[]): Members {
  const variables = elementsOf(env);
  const sourced = variables.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name }) => String(name));
  if (envFrom !== undefined) sourced.push('all of envFrom');
  if (sourced.length > 0) {
    warnings.push(
      `container ${String(container.name)}: left out, since the cluster has the value: ${sourced.join(', ')}`,
    );
  }
  return { ...container, env: variables.filter(({ valueFrom }) => valueFrom === undefined) };
}

function elementsOf(value: unknown): Members[] {
  return Array.isArray(value) ? value.map(membersOf) : [];
}

function membersOf(value: unknown): Members {
  return isMembers(value) ? value : {};
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(from: string, what: string): InterLinkError {
  return new InterLinkError('invalid_argument', `${from} ${what}`);
}

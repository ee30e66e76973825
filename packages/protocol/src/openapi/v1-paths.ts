import Type, { type TSchema } from 'typebox';
import { json, plain, problemsOf, refer } from './answers.ts';
import type { Answer, HttpMethod, Operation, PathItem } from './document.ts';
import {
  V1CreateStruct,
  V1LogStruct,
  V1PingResponse,
  V1Pod,
  V1PodCreateRequests,
  V1RetrievedPodData,
  V1Status,
} from './v1-schemas.ts';

/** Servers take any verb; the document has the one of the recorded conversations, and POST, which every client can send with a body. */
type Verb = 'get' | 'delete' | 'post';

interface Call {
  readonly id: string;
  readonly verb: Verb;
  readonly summary: string;
  readonly body?: TSchema;
  readonly isBodyOptional?: true;
  readonly answer: Answer;
}

function pathOf(call: Call): PathItem {
  const methods: HttpMethod[] = call.verb === 'post' ? ['post'] : [call.verb, 'post'];
  return Object.fromEntries(methods.map((method) => [method, operationOf(call, method)]));
}

function operationOf({ id, verb, summary, body, isBodyOptional, answer }: Call, method: HttpMethod): Operation {
  return {
    operationId: method === verb ? id : `${id}ByPost`,
    ...{ tags: ['v1'], summary },
    ...(body === undefined ? {} : { requestBody: { required: isBodyOptional !== true, content: json(body) } }),
    responses: { '200': answer, ...problemsOf('passed on', false), ...refer(['413', '415', '422']) },
  };
}

const status = (answer: Answer) =>
  pathOf({
    ...{ id: 'v1Status', verb: 'get', summary: 'How the named pods are; those that nobody knows are left out.' },
    ...{ body: Type.Array(V1Pod), isBodyOptional: true, answer },
  });

const shared: Readonly<Record<string, PathItem>> = {
  '/delete': pathOf({
    ...{ id: 'v1Delete', verb: 'delete', summary: 'Ends a pod.', body: V1Pod },
    answer: { description: 'Accepted.', content: json(Type.Object({})) },
  }),
  '/getLogs': pathOf({
    ...{ id: 'v1GetLogs', verb: 'get', summary: "A container's log.", body: V1LogStruct },
    answer: { description: 'The log, as it grows with `Follow`.', content: plain('What it wrote.') },
  }),
};

/** Protocol v1 as a virtual kubelet speaks it to InterLink. */
export const v1InterLinkPaths: Readonly<Record<string, PathItem>> = {
  '/pinglink': pathOf({
    ...{ id: 'v1Ping', verb: 'post', summary: 'Whether the sidecar answers.' },
    answer: {
      description: 'What there is, where one sidecar is asked that says so. The answer of a v1 plugin comes as it is.',
      content: json(Type.Union([V1PingResponse, Type.Unknown()])),
    },
  }),
  '/status': status({ description: 'One for each that is known.', content: json(Type.Array(V1Status)) }),
  '/updateCache': pathOf({
    ...{ id: 'v1UpdateCache', verb: 'post', summary: 'Tells of a pod that runs already.', body: V1Pod },
    answer: { description: 'Noted.', content: plain('`Updated cache`') },
  }),
  '/create': pathOf({
    ...{ id: 'v1Create', verb: 'post', summary: 'Has a pod run.', body: V1PodCreateRequests },
    answer: { description: 'Its names.', content: json(V1CreateStruct) },
  }),
  ...shared,
};

/** Protocol v1 as an InterLink server speaks it to a sidecar. */
export const v1SidecarPaths: Readonly<Record<string, PathItem>> = {
  '/create': pathOf({
    ...{ id: 'v1Create', verb: 'post', summary: 'Has a pod run.' },
    body: Type.Union([V1RetrievedPodData, Type.Array(V1RetrievedPodData, { minItems: 1, maxItems: 1 })]),
    answer: {
      description: 'Its names, in a list when the request was one.',
      content: json(Type.Union([V1CreateStruct, Type.Array(V1CreateStruct)])),
    },
  }),
  '/status': status({
    description: 'One for each that is known; where no pod is named, which is a ping, what there is.',
    content: json(Type.Union([Type.Array(V1Status), V1PingResponse])),
  }),
  ...shared,
};

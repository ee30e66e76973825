import Type, { type TSchema } from 'typebox';
import { Capabilities } from '../capabilities.ts';
import { epochHeader } from '../client/fence.ts';
import { onlookerHeader } from '../client/onlooker.ts';
import { DeliveredKubeconfig } from '../kubeconfig.ts';
import { LogOptions } from '../log/log-options.ts';
import { ClusterName, LabelName, SubdomainName, Uid } from '../names.ts';
import { PodReport, PodReportList } from '../pod/pod-report.ts';
import { PodRequest } from '../pod/pod-request.ts';
import { PodUpdate } from '../pod/pod-update.ts';
import { Rendering } from '../pod/rendering.ts';
import { VolumesUpdate } from '../pod/volumes-update.ts';
import { NodeStats } from '../stats/node-stats.ts';
import { ndjsonContentType } from '../stream/ndjson.ts';
import { json, plain, problemsOf, refer } from './answers.ts';
import type { Answer, Operation, Parameter, PathItem } from './document.ts';
import { streamPaths } from './v2-stream-paths.ts';

const path = (name: string, schema: TSchema): Parameter => ({ name, in: 'path', required: true, schema });
const query = (name: string, schema: TSchema, description: string): Parameter => ({
  ...{ name, in: 'query', schema, description },
});

const owner: ReadonlyArray<Parameter> = [
  path('cluster', ClusterName),
  path('node', SubdomainName),
  {
    ...{ name: epochHeader, in: 'header', schema: Type.String({ pattern: '^[0-9]{1,15}$' }) },
    description: 'Which turn of the virtual kubelets of one node this is; one whose turn is over is answered 409.',
  },
];
const pod = [...owner, path('uid', Uid)];
const container = [...pod, path('container', LabelName)];

const prefix = '/v2/clusters/{cluster}/nodes/{node}';

interface Call {
  readonly id: string;
  readonly summary: string;
  readonly parameters?: ReadonlyArray<Parameter>;
  readonly body?: TSchema;
  readonly answers: Record<string, Answer>;
}

function call({ id, summary, parameters, body, answers }: Call): Operation {
  return {
    ...{ operationId: id, tags: ['v2'], summary },
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: { ...answers, ...problemsOf('passed on', body !== undefined) },
  };
}

const capabilities = { '200': { description: 'What the backend can do.', content: json(Capabilities) } };

/** Protocol v2, at InterLink and at sidecars alike. */
export const v2Paths: Readonly<Record<string, PathItem>> = {
  '/v2/capabilities': {
    get: call({ id: 'getCapabilities', summary: 'What can be done here.', answers: capabilities }),
  },
  [`${prefix}/capabilities`]: {
    get: call({
      id: 'getOwnerCapabilities',
      summary: 'What can be done for this node.',
      parameters: owner,
      answers: capabilities,
    }),
  },
  [`${prefix}/pods`]: {
    get: call({
      id: 'listPods',
      summary: 'Every pod that this owner has, once or as a stream of records.',
      parameters: [
        ...owner,
        query('watch', Type.Boolean(), 'A stream: a snapshot, then what changes. It does not end.'),
        query(
          'cursor',
          Type.String(),
          'With `watch`: go on after this record instead of a snapshot, where that can be done.',
        ),
        {
          ...{ name: onlookerHeader, in: 'header', schema: Type.Boolean() },
          description:
            "With `watch`: this is not the node's virtual kubelet, and InterLink's pages do not count it as that.",
        },
      ],
      answers: {
        '200': {
          description: 'The list, or with `watch=true` one StreamRecord a line.',
          content: {
            ...json(PodReportList),
            [ndjsonContentType]: { schema: Type.String({ description: 'Lines, each a StreamRecord.' }) },
          },
        },
      },
    }),
  },
  [`${prefix}/pods/{uid}`]: {
    put: call({
      id: 'createPod',
      summary: 'Has the pod run. Sent twice, it runs once.',
      parameters: [...pod, query('adopt', Type.Boolean(), 'Only take over what runs already.')],
      body: PodRequest,
      answers: {
        '201': { description: 'The backend has it.', content: json(PodReport) },
        '202': { description: 'Accepted, and not durable yet.', content: json(PodReport) },
      },
    }),
    patch: call({
      id: 'updatePod',
      summary: 'Changes a pod that runs; an older generation than the one acted on changes nothing.',
      parameters: pod,
      body: PodUpdate,
      answers: {
        '200': { description: 'The backend acts on this generation, or a newer one.', content: json(PodReport) },
      },
    }),
    delete: call({
      id: 'deletePod',
      summary: 'Ends the pod. One that is not there is a success.',
      parameters: [
        ...pod,
        query(
          'gracePeriodSeconds',
          Type.Integer({ minimum: 0, maximum: 999_999_999 }),
          'Between TERM and KILL; default 30.',
        ),
      ],
      answers: { '204': { description: 'The backend has accepted it; the end itself comes as a record.' } },
    }),
  },
  [`${prefix}/pods/{uid}/volumes`]: {
    patch: call({
      id: 'updateVolumes',
      summary: 'Gives volumes of a running pod new files.',
      parameters: pod,
      body: VolumesUpdate,
      answers: { '204': { description: 'Containers see the new files.' } },
    }),
  },
  [`${prefix}/pods/{uid}/containers/{container}/log`]: {
    get: call({
      id: 'getLog',
      summary: "A container's log, with the kubelet's options.",
      parameters: [
        ...container,
        ...Object.entries(LogOptions.properties).map(([name, schema]) => query(name, schema, 'As the kubelet has it.')),
      ],
      answers: {
        '200': { description: 'The log; with `follow` until the container ends.', content: plain('What it wrote.') },
        ...refer(['422']),
      },
    }),
  },
  [`${prefix}/pods/{uid}/rendering`]: {
    get: call({
      id: 'getRendering',
      summary: 'What the backend was given for this pod: a job script, say. Without secrets.',
      parameters: pod,
      answers: { '200': { description: 'For people to read.', content: json(Rendering) } },
    }),
  },
  [`${prefix}/render`]: {
    post: call({
      id: 'renderPod',
      summary: 'What a create of this pod would have the backend do. Nothing is done.',
      parameters: owner,
      body: PodRequest,
      answers: { '200': { description: 'For people to read.', content: json(Rendering) } },
    }),
  },
  [`${prefix}/kubeconfig`]: {
    put: call({
      id: 'putKubeconfig',
      summary: 'By what the backend acts in the cluster of this owner; it replaces the one before.',
      parameters: owner,
      body: DeliveredKubeconfig,
      answers: { '204': { description: 'It is in use.' } },
    }),
    delete: call({
      id: 'deleteKubeconfig',
      summary: 'Takes it away. One that is not there is a success.',
      parameters: owner,
      answers: { '204': { description: 'It is gone.' } },
    }),
  },
  [`${prefix}/stats`]: {
    get: call({
      id: 'getStats',
      summary: "What the owner's pods use.",
      parameters: owner,
      answers: { '200': { description: 'Measured some seconds ago at most.', content: json(NodeStats) } },
    }),
  },
  ...streamPaths(prefix, pod, container),
};

import {
  fromLogStruct,
  fromPodCreateRequests,
  fromRetrievedPodData,
  fromV1PodStatus,
  parseCreateStruct,
  parseLogStruct,
  parsePodCreateRequests,
  parseRetrievedPodData,
  parseV1Pod,
  parseV1PodStatuses,
  parseV1Pods,
  toV1PodStatus,
} from '@interlink/protocol';
import { written } from '../corpus.ts';
import { jsonOf } from '../json-input.ts';
import type { Target } from '../target.ts';
import { exchanges } from './samples.ts';

const said = (path: string, side: 'request' | 'response') =>
  written(...exchanges.filter((each) => each.path === path).map((each) => JSON.stringify(each[side])));

export const v1Creates: Target = {
  name: 'v1-creates',
  corpus: said('/create', 'request'),
  read: (input, random) => {
    const value = jsonOf(input);
    if (random.below(2) === 0) return fromPodCreateRequests(parsePodCreateRequests(value));
    return fromRetrievedPodData(parseRetrievedPodData(value).data);
  },
};

export const v1Pods: Target = {
  name: 'v1-pods',
  corpus: [...said('/status', 'request'), ...said('/delete', 'request')],
  read: (input, random) => (random.below(2) === 0 ? parseV1Pod(jsonOf(input)) : parseV1Pods(jsonOf(input))),
};

export const v1Statuses: Target = {
  name: 'v1-statuses',
  corpus: said('/status', 'response'),
  read: (input) => parseV1PodStatuses(jsonOf(input)).map(fromV1PodStatus).map(toV1PodStatus),
};

export const v1CreateAnswers: Target = {
  name: 'v1-create-answers',
  corpus: said('/create', 'response'),
  read: (input) => parseCreateStruct(jsonOf(input)),
};

export const v1LogRequests: Target = {
  name: 'v1-log-requests',
  corpus: said('/getLogs', 'request'),
  read: (input) => fromLogStruct(parseLogStruct(jsonOf(input))),
};

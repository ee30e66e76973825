import Type from 'typebox';
import { Pod } from '../pod/pod-spec.ts';
import { type Parser, parserOf } from '../validate.ts';
import { dropNulls } from './drop-nulls.ts';
import { CreateStruct, LogStruct, PodCreateRequests, RetrievedPodData, V1PodStatus } from './shapes.ts';

const liberal =
  <T>(parse: Parser<T>): Parser<T> =>
  (value) =>
    parse(dropNulls(value));

/** Parsers of v1 messages: liberal in reading, an `invalid_argument` for what can't be understood. */
export const parsePodCreateRequests = liberal(parserOf(PodCreateRequests, 'v1 create request'));
export const parseV1Pod = liberal(parserOf(Pod, 'v1 pod'));
export const parseV1Pods = liberal(parserOf(Type.Array(Pod), 'v1 list of pods'));
export const parseCreateStruct = liberal(parserOf(CreateStruct, 'v1 create answer'));
export const parseV1PodStatuses = liberal(parserOf(Type.Array(V1PodStatus), 'v1 status answer'));
export const parseLogStruct = liberal(parserOf(LogStruct, 'v1 log request'));

const parseOneRetrievedPodData = liberal(parserOf(RetrievedPodData, 'v1 create request'));

/** Releases before 0.5 sent an array of one: both are read, and `isList` tells which, for an answer in kind. */
export function parseRetrievedPodData(value: unknown): { data: RetrievedPodData; isList: boolean } {
  const isList = Array.isArray(value);
  return { data: parseOneRetrievedPodData(isList ? value[0] : value), isList };
}

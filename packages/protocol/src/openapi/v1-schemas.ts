import Type, { type TSchema } from 'typebox';
import { Container, EphemeralContainer, Pod, PodMetadata, PodSpec, Volume } from '../pod/pod-spec.ts';
import { Lifecycle, LifecycleHandler, Probe } from '../pod/probe.ts';
import { PingResponse } from '../v1/ping.ts';
import { CreateStruct, LogStruct, PodCreateRequests, RetrievedPodData, V1PodStatus } from '../v1/shapes.ts';

/**
 * The messages of v1 as they are read: what may be left out may be `null`, too, since Go writes that for what is empty.
 * @see ../v1/drop-nulls.ts, which goes over each message before its schema does
 */
function withNulls(schema: TSchema): TSchema {
  return addNulls(schema) as TSchema;
}

function addNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(addNulls);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, addNulls(member)]));
  if (typeof copy.properties !== 'object') return copy;
  const required = new Set(Array.isArray(copy.required) ? copy.required : []);
  const members = Object.entries(copy.properties as Record<string, TSchema>).map(([key, member]) => [
    key,
    required.has(key) ? member : Type.Union([member, Type.Null()]),
  ]);
  return { ...copy, properties: Object.fromEntries(members) };
}

export const V1Pod = withNulls(Pod);
export const V1PodMetadata = withNulls(PodMetadata);
export const V1PodSpec = withNulls(PodSpec);
export const V1Container = withNulls(Container);
export const V1EphemeralContainer = withNulls(EphemeralContainer);
export const V1Lifecycle = withNulls(Lifecycle);
export const V1LifecycleHandler = withNulls(LifecycleHandler);
export const V1Probe = withNulls(Probe);
export const V1Volume = withNulls(Volume);
export const V1PodCreateRequests = withNulls(PodCreateRequests);
export const V1RetrievedPodData = withNulls(RetrievedPodData);
export const V1LogStruct = withNulls(LogStruct);
export const V1PingResponse = withNulls(PingResponse);
export const V1CreateStruct: TSchema = CreateStruct;
export const V1Status: TSchema = V1PodStatus;

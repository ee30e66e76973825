import protobuf from 'protobufjs/light.js';
import { ApiError } from '../api-error.ts';
import type { Json } from '../object.ts';

/** Before each message on the wire (k8s.io/apimachinery/pkg/runtime/serializer/protobuf). */
const magic = Buffer.from('k8s\0');

/** What kubectl sends in protobuf, which is what its `create` commands make; fields as `name: [type, number]` (k8s.io/api, generated.proto). */
const messages: Readonly<Record<string, Readonly<Record<string, readonly [type: string, id: number]>>>> = {
  TypeMeta: { apiVersion: ['string', 1], kind: ['string', 2] },
  Unknown: { typeMeta: ['TypeMeta', 1], raw: ['bytes', 2] },
  ObjectMeta: {
    ...{ name: ['string', 1], generateName: ['string', 2], namespace: ['string', 3], uid: ['string', 5] },
    ...{ resourceVersion: ['string', 6], labels: ['map string', 11], annotations: ['map string', 12] },
  },
  Namespace: { metadata: ['ObjectMeta', 1] },
  ConfigMap: {
    metadata: ['ObjectMeta', 1],
    data: ['map string', 2],
    binaryData: ['map bytes', 3],
    immutable: ['bool', 4],
  },
  Secret: { metadata: ['ObjectMeta', 1], data: ['map bytes', 2], type: ['string', 3], immutable: ['bool', 5] },
  ServiceAccount: { metadata: ['ObjectMeta', 1] },
  TokenRequest: { metadata: ['ObjectMeta', 1], spec: ['TokenRequestSpec', 2] },
  TokenRequestSpec: {
    ...{ audiences: ['list string', 1], boundObjectRef: ['BoundObjectReference', 3], expirationSeconds: ['int64', 4] },
  },
  BoundObjectReference: { kind: ['string', 1], apiVersion: ['string', 2], name: ['string', 3], uid: ['string', 4] },
  DeleteOptions: { gracePeriodSeconds: ['int64', 1], preconditions: ['Preconditions', 2], dryRun: ['list string', 5] },
  Preconditions: { uid: ['string', 1], resourceVersion: ['string', 2] },
};

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      { fields: Object.fromEntries(Object.entries(fields).map(([field, [type, id]]) => [field, toField(type, id)])) },
    ]),
  ),
});

/** The object in a protobuf body. @throws ApiError 415 for a kind that is only taken as JSON */
export function decodeProtobuf(body: Buffer): Json {
  if (!body.subarray(0, magic.length).equals(magic)) throw unsupported('something else than a Kubernetes object');
  const { typeMeta, raw } = decode('Unknown', body.subarray(magic.length));
  const { apiVersion, kind } = typeMeta as { apiVersion: string; kind: string };
  if (messages[kind] === undefined) throw unsupported(kind);
  return { apiVersion, kind, ...decode(kind, Buffer.from(String(raw), 'base64')) };
}

function decode(name: string, bytes: Buffer): Json {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: Number, bytes: String });
}

function toField(type: string, id: number) {
  const [shape = '', element = type] = type.split(' ');
  if (shape === 'map') return { keyType: 'string', type: element, id };
  return shape === 'list' ? { rule: 'repeated', type: element, id } : { type, id };
}

function unsupported(what: string): ApiError {
  return new ApiError(415, `${what} in protobuf: this in-memory cluster takes it as JSON only`);
}

import protobuf from 'protobufjs';
import { ApiError } from '../api-error.ts';
import { asJson, type Json } from '../object.ts';

/** Before each message on the wire (k8s.io/apimachinery/pkg/runtime/serializer/protobuf). */
const magic = 'k8s\0';

/** The kinds that kubectl's `create` commands send in protobuf, with the fields that they set (k8s.io/api, generated.proto). */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Unknown { TypeMeta typeMeta = 1; bytes raw = 2; }
  message TypeMeta { string apiVersion = 1; string kind = 2; }
  message ObjectMeta { string name = 1; string generateName = 2; string namespace = 3; string uid = 5;
    string resourceVersion = 6; map<string, string> labels = 11; map<string, string> annotations = 12; }
  message Namespace { ObjectMeta metadata = 1; }
  message ConfigMap { ObjectMeta metadata = 1; map<string, string> data = 2; map<string, bytes> binaryData = 3; bool immutable = 4; }
  message Secret { ObjectMeta metadata = 1; map<string, bytes> data = 2; string type = 3; bool immutable = 5; }
  message ServiceAccount { ObjectMeta metadata = 1; }
  message TokenRequest { ObjectMeta metadata = 1; TokenRequestSpec spec = 2; }
  message TokenRequestSpec { repeated string audiences = 1; BoundObjectReference boundObjectRef = 3; int64 expirationSeconds = 4; }
  message BoundObjectReference { string kind = 1; string apiVersion = 2; string name = 3; string uid = 4; }
  message DeleteOptions { optional int64 gracePeriodSeconds = 1; Preconditions preconditions = 2; repeated string dryRun = 5; }
  message Preconditions { string uid = 1; string resourceVersion = 2; }
`);

/** The object in a protobuf body. @throws ApiError 415 for a kind that is only taken as JSON */
export function decodeProtobuf(body: Buffer): Json {
  const { typeMeta, raw } = decode('Unknown', body.subarray(magic.length));
  const { apiVersion, kind = '' } = asJson(typeMeta);
  if (body.toString('latin1', 0, magic.length) === magic && root.get(String(kind)) !== null) {
    return { apiVersion, kind, ...decode(String(kind), Buffer.from(String(raw), 'base64')) };
  }
  throw new ApiError(415, `${kind} in protobuf: this in-memory cluster takes it as JSON only`);
}

function decode(name: string, bytes: Buffer): Json {
  const type = root.lookupType(name);
  return type.toObject(type.decode(bytes), { longs: Number, bytes: String });
}

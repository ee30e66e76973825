import Type, { type Static } from 'typebox';
import { parserOf } from '../validate.ts';
import { Pod, PodMetadata } from './pod-spec.ts';
import { RegistryCredentials } from './registry-credential.ts';

/**
 * The body of `PATCH …/pods/{uid}`: the pod as it shall be, at a generation. Of a container that the backend has already it says what
 * may change, image and resources, and nothing of what never does: `env`, `command` and mounts stay as they were. An ephemeral container
 * that is new comes whole and resolved, with an `env` even when that is empty. Credentials of registries come as in a create: all that there are now.
 */
export const PodUpdate = Type.Object({
  pod: Type.Intersect([
    Pod,
    Type.Object({ metadata: Type.Intersect([PodMetadata, Type.Object({ generation: Type.Integer() })]) }),
  ]),
  registryCredentials: Type.Optional(RegistryCredentials),
});
export type PodUpdate = Static<typeof PodUpdate>;

/** @throws InterLinkError `invalid_argument`, naming each place that does not fit */
export const parsePodUpdate = parserOf(PodUpdate, 'pod update');

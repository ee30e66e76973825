import Type, { type Static } from 'typebox';
import { parserOf } from '../validate.ts';
import { Pod } from './pod-spec.ts';
import { RegistryCredentials } from './registry-credential.ts';
import { ResolvedVolume } from './volume-files.ts';

/** The body of `PUT …/pods/{uid}`: a pod with its environment resolved, the files of its volumes, and what its images are pulled by. */
export const PodRequest = Type.Object({
  pod: Pod,
  volumes: Type.Array(ResolvedVolume),
  registryCredentials: Type.Optional(RegistryCredentials),
});
export type PodRequest = Static<typeof PodRequest>;

/** @throws InterLinkError `invalid_argument`, naming each place that does not fit */
export const parsePodRequest = parserOf(PodRequest, 'pod request');

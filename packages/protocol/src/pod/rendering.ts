import Type, { type Static } from 'typebox';
import { parserOf } from '../validate.ts';

/**
 * What a backend does with a pod, for people to read, without secrets: the answer to `POST …/render`, of what a create would have it do,
 * and to `GET …/pods/{uid}/rendering`, of what it has been given.
 */
export const Rendering = Type.Object({
  /** In the order in which they are made. */
  parts: Type.Array(
    Type.Object({
      /** What the backend would call it: a container, a job script. */
      name: Type.String(),
      /** A text (a job script), or what is sent to the backend. */
      body: Type.Unknown(),
    }),
  ),
  /** What the pod asks for and does not get. */
  warnings: Type.Array(Type.String()),
});
export type Rendering = Static<typeof Rendering>;

export const parseRendering = parserOf(Rendering, 'rendering');

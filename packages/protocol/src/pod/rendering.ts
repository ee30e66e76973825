import Type, { type Static } from 'typebox';
import { parserOf } from '../validate.ts';

/** The answer to `POST …/render`: what a create of this pod would have the backend do. Nothing is done. */
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

import type { TSchema } from 'typebox';

/** What of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html) our document has. */
export interface OpenApiDocument {
  readonly openapi: '3.1.1';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly security: ReadonlyArray<Readonly<Record<string, never[]>>>;
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: Readonly<Record<string, unknown>>;
}

export type HttpMethod = 'get' | 'put' | 'post' | 'patch' | 'delete';
export type PathItem = { readonly [Method in HttpMethod]?: Operation };

export interface Operation {
  readonly operationId: string;
  readonly tags: ReadonlyArray<'v2' | 'v1' | 'process'>;
  readonly summary: string;
  readonly parameters?: ReadonlyArray<Parameter>;
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  /** By status. */
  readonly responses: Readonly<Record<string, Answer>>;
  /** Empty: nobody has to say who he is. */
  readonly security?: readonly [];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: true;
  readonly description?: string;
  readonly allowEmptyValue?: true;
  readonly schema: TSchema;
}

export type Content = Readonly<Record<string, { readonly schema: TSchema }>>;

export type Answer =
  | { readonly $ref: string }
  | {
      readonly description: string;
      readonly content?: Content;
      readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: TSchema }>>;
    };

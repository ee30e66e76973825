import { problemAnswers } from './answers.ts';
import type { OpenApiDocument } from './document.ts';
import { namedSchemas, referToNamed } from './name-schemas.ts';
import { processPaths } from './process-paths.ts';
import { v1InterLinkPaths, v1SidecarPaths } from './v1-paths.ts';
import { v2Paths } from './v2-paths.ts';

/** Who serves: protocol v1 differs between the two hops. */
export type OpenApiServer = 'interlink' | 'sidecar';

const security = {
  bearer: { type: 'http', scheme: 'bearer', description: 'Demanded on TCP, loopback included.' },
  certificate: { type: 'mutualTLS', description: 'Where the listener takes client certificates.' },
};

/** The contract as OpenAPI 3.1, from the schemas that validate. */
export function openApiDocument(server: OpenApiServer): OpenApiDocument {
  const isInterLink = server === 'interlink';
  const paths = { ...processPaths, ...v2Paths, ...(isInterLink ? v1InterLinkPaths : v1SidecarPaths) };
  return {
    openapi: '3.1.1',
    info: {
      title: isInterLink ? 'InterLink' : 'InterLink sidecar',
      version: 'v2',
      description:
        'Protocols v2 and v1 of InterLink. What the calls mean stands in docs/protocol.md. Of v1 servers take any verb. Fields that no schema names are passed on.',
    },
    security: [{ bearer: [] }, { certificate: [] }],
    paths: referToNamed(paths) as OpenApiDocument['paths'],
    components: {
      schemas: namedSchemas(),
      responses: referToNamed(problemAnswers()),
      securitySchemes: security,
    },
  };
}

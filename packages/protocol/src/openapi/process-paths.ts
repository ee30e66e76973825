import Type from 'typebox';
import { json, plain, problemsOf } from './answers.ts';
import type { Operation, Parameter, PathItem } from './document.ts';

const alive: Omit<Operation, 'operationId'> = {
  ...{ tags: ['process'], summary: 'Whether the process answers.', security: [] },
  responses: { '200': { description: 'It does.', content: plain('`ok`') } },
};
const verbose: Parameter = {
  ...{ name: 'verbose', in: 'query', allowEmptyValue: true, schema: Type.String() },
  description: 'Given, with any value or none: each check by its name.',
};

/** What every process of ours tells of itself. */
export const processPaths: Readonly<Record<string, PathItem>> = {
  '/healthz': { get: { ...alive, operationId: 'getHealth' } },
  '/livez': { get: { ...alive, operationId: 'getLiveness' } },
  '/readyz': {
    get: {
      ...{ operationId: 'getReadiness', tags: ['process'], summary: 'Whether it can do its work.', security: [] },
      parameters: [verbose],
      responses: {
        '200': { description: 'It can.', content: plain('`ok`') },
        '503': { description: 'It can not.', content: plain('The checks, and what is wrong.') },
      },
    },
  },
  '/metrics': {
    get: {
      ...{ operationId: 'getMetrics', tags: ['process'], summary: 'Numbers for Prometheus.' },
      responses: {
        '200': { description: 'See docs/metrics.md.', content: plain('The text format of Prometheus.') },
        ...problemsOf('own', false),
      },
    },
  },
  '/openapi.json': {
    get: {
      ...{ operationId: 'getOpenApi', tags: ['process'], summary: 'This document.' },
      responses: {
        '200': { description: 'OpenAPI 3.1.', content: json(Type.Object({ openapi: Type.String() })) },
        ...problemsOf('own', false),
      },
    },
  },
};

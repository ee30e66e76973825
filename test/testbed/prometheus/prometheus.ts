import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../process/find-program.ts';
import { findFreePorts } from '../process/free-ports.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import type { ActiveAlert, PrometheusRule, QueryResult, ScrapeTarget } from './answers.ts';

export interface PrometheusOptions {
  /** For its files; made when missing. */
  readonly directory: string;
  /** As a prometheus.yaml has it; JSON is YAML. Paths are absolute. */
  readonly configuration: object;
  readonly signal: AbortSignal;
}

const readyTimeoutMs = 60_000;

/** A Prometheus on loopback, which runs no longer than this process. */
export class Prometheus {
  readonly url: string;
  readonly #server: ServerProcess;

  private constructor(url: string, server: ServerProcess) {
    this.url = url;
    this.#server = server;
  }

  /** Returns when it is ready to be asked. @throws Error with the end of its log when it does not come up */
  static async start({ directory, configuration, signal }: PrometheusOptions): Promise<Prometheus> {
    const file = await findProgram('prometheus');
    if (file === undefined) throw new Error('Cannot start Prometheus: there is no program "prometheus"');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const configurationFile = join(directory, 'prometheus.yaml');
    await writeFile(configurationFile, JSON.stringify(configuration), { mode: 0o600 });
    const [port = 0] = await findFreePorts(1);
    const address = `127.0.0.1:${port}`;
    const server = new ServerProcess({
      name: 'prometheus',
      file,
      args: [
        `--config.file=${configurationFile}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=${address}`,
      ],
      logFile: join(directory, 'prometheus.log'),
    });
    const prometheus = new Prometheus(`http://${address}`, server);
    try {
      await waitUntilReady(server, () => prometheus.#isReady(), { timeoutMs: readyTimeoutMs, signal });
      return prometheus;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Evaluates an expression now. @throws Error with what Prometheus says is wrong with it */
  async query(expression: string): Promise<QueryResult[]> {
    const { result } = await this.#ask<{ result: QueryResult[] }>(`query?query=${encodeURIComponent(expression)}`);
    return result;
  }

  /** What it scrapes, with the error of each that is down. */
  async targets(): Promise<ScrapeTarget[]> {
    return (await this.#ask<{ activeTargets: ScrapeTarget[] }>('targets?state=active')).activeTargets;
  }

  async rules(): Promise<PrometheusRule[]> {
    const { groups } = await this.#ask<{ groups: ReadonlyArray<{ rules: PrometheusRule[] }> }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  /** Those that fire, and those whose time has not come yet. */
  async alerts(): Promise<ActiveAlert[]> {
    return (await this.#ask<{ alerts: ActiveAlert[] }>('alerts')).alerts;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async #isReady(): Promise<boolean> {
    return await fetch(`${this.url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async #ask<Data>(path: string): Promise<Data> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const { data, error } = (await response.json()) as { data?: Data; error?: string };
    if (data === undefined) throw new Error(`Prometheus answers ${path} with ${response.status}: ${error}`);
    return data;
  }
}

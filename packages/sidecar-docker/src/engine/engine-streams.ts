import type { Duplex } from 'node:stream';
import type { AttachOptions, ExecOptions, TerminalSize } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { attempt } from './engine-error.ts';

/** How an executed command stands. */
export interface ExecState {
  readonly isRunning: boolean;
  /** Null while it runs. */
  readonly exitCode: number | null;
  /** In the engine's own process table; 0 before it runs. */
  readonly pid: number;
}

const noBody = Buffer.alloc(0);

/**
 * The engine's requests whose connection becomes a raw stream, and those about it. They last as long as their caller wants: no
 * gate counts them. @see https://docs.docker.com/reference/api/engine/ `ContainerAttach`, "Hijacking"
 */
export class EngineStreams {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** @returns the command's id; it does not run yet. @throws InterLinkError `already_exists` when the container does not run */
  async createExec(containerId: string, { command, stdin, stdout, stderr, tty }: ExecOptions): Promise<string> {
    const options = { AttachStdin: stdin, AttachStdout: stdout, AttachStderr: stderr, Tty: tty, Cmd: [...command] };
    return (await attempt(async () => await this.#docker.getContainer(containerId).exec(options))).id;
  }

  /** Starts the command. What is written to the stream is its input, framed output comes out of it, but raw with `tty`. */
  async startExec(execId: string, tty: boolean): Promise<Duplex> {
    return await attempt(async () => await this.#docker.getExec(execId).start({ hijack: true, stdin: true, Tty: tty }));
  }

  async inspectExec(execId: string): Promise<ExecState> {
    const found = await attempt(async () => await this.#docker.getExec(execId).inspect());
    return { isRunning: found.Running, exitCode: found.ExitCode, pid: found.Pid };
  }

  async resizeExec(execId: string, { width, height }: TerminalSize): Promise<void> {
    await attempt(async () => await this.#docker.getExec(execId).resize({ w: width, h: height }));
  }

  /** The streams of the container's own process, from now on. */
  async attach(containerId: string, { stdin, stdout, stderr }: AttachOptions): Promise<Duplex> {
    return await attempt(
      async () =>
        await new Promise<Duplex>((resolve, reject) => {
          // dockerode's own attach() sends a body, which Podman gives the process as input.
          this.#docker.modem.dial(
            {
              path: `/containers/${containerId}/attach?`,
              method: 'POST',
              ...{ isStream: true, hijack: true, openStdin: stdin },
              options: { stream: true, stdin, stdout, stderr },
              ...{ file: noBody, headers: { 'Content-Type': 'text/plain' } },
              statusCodes: { 101: true, 200: true, 404: 'no such container', 500: 'server error' },
            },
            (error: unknown, stream: unknown) => (error === null ? resolve(stream as Duplex) : reject(error)),
          );
        }),
    );
  }

  async resizeContainer(containerId: string, { width, height }: TerminalSize): Promise<void> {
    await attempt(async () => await this.#docker.getContainer(containerId).resize({ w: width, h: height }));
  }
}

import type { Duplex } from 'node:stream';
import type { Container } from '@interlink/protocol';

/** Where probes and hooks of one container go. A backend makes one for each container that has some. */
export interface ActionTarget {
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly container: Pick<Container, 'name' | 'ports'>;
  /** What the pod is called in URLs, `Host` headers and messages: its address, or `localhost` where it has none to be reached at. */
  readonly host: string;
  /**
   * Opens a TCP connection: {@link connectTo} where pods have an address, else the backend's own way, as for `portForward`. How it
   * fails is told in an error of Node's kind, with its `code`, or in words.
   */
  connect(address: DialAddress, signal: AbortSignal): Promise<Duplex>;
  /**
   * Runs a command in the container, with no shell in between, and hangs up on it when the signal aborts. Absent: commands can't
   * be run there. @throws whatever kept the command from running; an exit code is no error
   */
  exec?(command: ReadonlyArray<string>, signal: AbortSignal): Promise<CommandResult>;
}

export interface DialAddress {
  /**
   * Undefined: the pod itself. A pod's author may name any other host, which a kubelet then reaches from its node, localhost included:
   * https://kubernetes.io/docs/concepts/security/pod-security-standards/ forbids it ("Host Probes / Lifecycle Hooks").
   */
  readonly host: string | undefined;
  readonly port: number;
}

export interface CommandResult {
  readonly exitCode: number;
  /** What it wrote on stdout and stderr, at least the beginning of it. */
  readonly output: string;
}

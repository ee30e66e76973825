import { binaryFraming, type ChannelFraming } from '@interlink/protocol';
import { base64Framing } from './base64-framing.ts';

/**
 * What is spoken on a WebSocket of exec or attach; the empty name is for clients that offer none
 * (https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/websocket.go).
 */
export const commandSubprotocols: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
  '',
];

/** The bytes of a SPDY connection, in messages: https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets */
export const tunnelSubprotocol = 'SPDY/3.1+portforward.k8s.io';

/** Of port-forward. */
export const portSubprotocols: readonly string[] = [
  tunnelSubprotocol,
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'portforward.k8s.io',
  '',
];

export function framingOf(subprotocol: string): ChannelFraming {
  return /(^|\.)base64\./.test(subprotocol) ? base64Framing : binaryFraming;
}

import { request } from 'node:https';

/** PEM texts: whom to trust and, for what is not open to everyone, who one is. */
export interface ProbeCredentials {
  ca: string;
  cert?: string;
  key?: string;
}

const PROBE_TIMEOUT_MS = 2_000;

/** Whether a GET is answered with 200; anything else, an unreachable server too, is a no. */
export function answersOk(url: string, credentials: ProbeCredentials): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request(url, { ...credentials, agent: false, timeout: PROBE_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.on('timeout', () => probe.destroy());
    probe.on('error', () => resolve(false));
    probe.end();
  });
}

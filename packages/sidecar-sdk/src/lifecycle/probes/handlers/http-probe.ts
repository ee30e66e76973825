import type { HttpGetAction } from '@interlink/protocol';
import type { ActionTarget } from '../../actions/action-target.ts';
import { isTimeout } from '../../actions/deadline.ts';
import { HttpGetError, httpGet } from '../../actions/http/http-get.ts';
import { errored, failed, type ProbeLimits, type ProbeOutcome, succeeded } from './probe-outcome.ts';

const waitingForBody = 'context deadline exceeded (Client.Timeout or context cancellation while reading body)';

/**
 * Succeeds with a status of 200 to 399; a redirect that is not followed is a warning. A failure never tells the body, which may
 * be somebody else's secret: https://issue.k8s.io/99425
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/http/http.go
 */
export async function probeByHttp(
  action: HttpGetAction,
  target: ActionTarget,
  { signal }: ProbeLimits,
): Promise<ProbeOutcome> {
  try {
    const response = await httpGet({ action, target, purpose: 'probe', signal });
    if (response.status < 200 || response.status >= 400) {
      response.discard();
      return failed(`HTTP probe failed with statuscode: ${response.status}`);
    }
    const body = await response.readBody();
    if (response.status < 300) return succeeded(body);
    return { result: 'warning', output: `Probe terminated redirects, Response body: ${body}` };
  } catch (error) {
    if (error instanceof HttpGetError) return failed(error.message);
    return errored(isTimeout(signal) ? waitingForBody : error);
  }
}

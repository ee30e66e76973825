import type { Target } from '../target.ts';
import * as answers from './answers.ts';
import * as channels from './channels.ts';
import * as configurationFiles from './configuration-files.ts';
import * as dockerEngine from './docker-engine.ts';
import * as dockerStreams from './docker-streams.ts';
import * as flags from './flags.ts';
import * as kubeconfigs from './kubeconfigs.ts';
import * as logFiles from './log-files.ts';
import * as ndjson from './ndjson.ts';
import * as paths from './paths.ts';
import * as probeAnswers from './probe-answers.ts';
import * as quantities from './quantities.ts';
import * as queries from './queries.ts';
import * as registryLogins from './registry-logins.ts';
import * as requestHeaders from './request-headers.ts';
import * as slurmCluster from './slurm-cluster.ts';
import * as slurmFolder from './slurm-folder.ts';
import * as slurmJobs from './slurm-jobs.ts';
import * as slurmSteps from './slurm-steps.ts';
import * as spdyFrames from './spdy-frames.ts';
import * as spdyHeaders from './spdy-headers.ts';
import * as tokens from './tokens.ts';
import * as v1Bodies from './v1-bodies.ts';
import * as v2Bodies from './v2-bodies.ts';
import * as watchEvents from './watch-events.ts';

/** Every parser that sees bytes of others. */
export const targets: ReadonlyArray<Target> = [
  ...[spdyFrames, spdyHeaders, channels, queries, requestHeaders, tokens, paths],
  ...[v2Bodies, v1Bodies, ndjson, answers, watchEvents, kubeconfigs, registryLogins],
  ...[configurationFiles, quantities, flags, slurmJobs, slurmCluster, slurmFolder, slurmSteps],
  ...[dockerStreams, dockerEngine, logFiles, probeAnswers],
].flatMap((file): Target[] => Object.values(file));

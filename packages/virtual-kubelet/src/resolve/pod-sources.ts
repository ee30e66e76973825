import type { KubeClient } from '@interlink/kube';
import type { Logger } from '@interlink/service-kit';
import { MissingObjectWatches } from './missing-object-watches.ts';
import { KubeObjectReader } from './object-reader.ts';
import { ObjectWatches } from './object-watches.ts';

/** What the pods of a node are made from, and the watches on it: one of each for all pods. */
export class PodSources {
  readonly reader: KubeObjectReader;
  readonly watches: ObjectWatches;
  readonly missing: MissingObjectWatches;

  constructor({ client, logger }: { readonly client: KubeClient; readonly logger: Logger }) {
    this.reader = new KubeObjectReader(client);
    this.watches = new ObjectWatches({
      client,
      trustBundleType: (signal) => this.reader.trustBundleType(signal),
      forget: (object) => this.reader.forget(object),
      onTrouble: (err, object, context) => logger.warn({ err, object, context }, 'watching an object'),
    });
    this.missing = new MissingObjectWatches(this.watches);
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.watches.run(signal);
  }
}

import { parseQuantity, quantityToBytes, quantityToMillis } from '@interlink/kube';
import fc from 'fast-check';
import { parseByteSize } from '../../../packages/sidecar-docker/src/flags/byte-size.ts';
import { parseResources } from '../../../packages/sidecar-docker/src/site/announced-resources.ts';
import { parseQuantity as parseAmount } from '../../../packages/sidecar-sdk/src/fields/quantity.ts';
import { parseResources as parsePrinted } from '../../../packages/sidecar-slurm/src/cluster/resource-script.ts';
import { parseMemory, parseTime } from '../../../packages/sidecar-slurm/src/flags/units.ts';
import { written } from '../corpus.ts';
import { hold, isInterLinkError, isPlainError, type Target } from '../target.ts';

const quantity = fc
  .tuple(fc.stringMatching(/^[+-]?\d{0,30}\.?\d{0,30}$/), fc.constantFrom('', 'm', 'Ki', 'E', 'e9', 'e-9', 'e999', 'x'))
  .map((parts) => Buffer.from(parts.join('')));

/** Quantities of Kubernetes, and sizes and times of Docker and Slurm. */
export const quantities: Target = {
  name: 'quantities',
  corpus: written(
    '100m',
    '1.5Gi',
    '2e3',
    '-1',
    '512M',
    '16GB',
    '1-02:03:04',
    'UNLIMITED',
    'memory=64Gi,nvidia.com/gpu=2',
  ),
  structured: quantity,
  read: (input) => {
    const text = input.toString();
    for (const parse of [parseAmount, parseByteSize, parseMemory, parseTime])
      hold(!Number.isNaN(parse(text)), 'a number is one');
    parseResources(text, []);
    for (const parse of [quantityToMillis, quantityToBytes, parseQuantity])
      hold(!Number.isNaN(parse(text)), 'a number is one');
  },
  mayThrow: isPlainError,
};

/** What the administrator's program prints of a site's resources. */
export const printedResources: Target = {
  name: 'printed-resources',
  corpus: written({ cpu: '64', memory: '512Gi', pods: 200, 'nvidia.com/gpu': '8' }),
  read: (input) => parsePrinted(input.toString()),
  mayThrow: isInterLinkError,
};

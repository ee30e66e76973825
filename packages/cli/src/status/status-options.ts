import type { Owner } from '@interlink/protocol';
import type { DoctorOptions } from '../doctor/context.ts';

/** What is looked at: by the doctor's own rules, and whose pods at the backend. */
export interface StatusOptions extends Omit<DoctorOptions, 'podImage'> {
  /** None: those that are known here. */
  readonly owners: ReadonlyArray<Owner>;
}

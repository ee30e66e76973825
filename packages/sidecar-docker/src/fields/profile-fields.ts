import { type Field, supported } from '@interlink/sidecar-sdk';

/** Below a seccomp or AppArmor profile. */
export const profileFields: ReadonlyArray<Field<unknown>> = [supported('localhostProfile'), supported('type')];

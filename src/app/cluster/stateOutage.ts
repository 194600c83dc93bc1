import { definitionName } from '../../install/storedKinds.ts'
import type { StoredKind } from '../../store/kubernetes.ts'

/** What a server is waiting for that cannot read one of the kinds that its state lies in, and what to do. */
export const stateOutage = (kind: StoredKind): string =>
  `state (the cluster does not serve ${definitionName(kind)}, or does not let it be read: run "millrace install" again)`

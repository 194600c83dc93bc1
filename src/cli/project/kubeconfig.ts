// The kubeconfig as the commands about projects see it: with the current context and its namespace, which is the current
// project, whatever --namespace says.
import type { Context } from '@kubernetes/client-node/dist/config_types.js'
import type { Access } from '../../kube/access.ts'
import type { ContextSwitch } from '../../kube/contextSwitch.ts'
import { loadAccess, type AccessOptions } from '../../kube/kubeconfig.ts'
import { writeSwitch } from '../../kube/kubeconfigEdit.ts'
import { destinationOf, readKubeconfig, type Kubeconfig } from '../../kube/kubeconfigFiles.ts'

/** See above. */
export interface Current {
  config: Kubeconfig
  context: Context | undefined
  /** '' when there is none. */
  project: string
  /** Throws KubeconfigError. */
  access(): Access
  /** Throws KubeconfigError. */
  write(change: ContextSwitch): Promise<void>
}

/** Reads the files. Throws KubeconfigError. */
export function readCurrent(options: AccessOptions): Current {
  const config = readKubeconfig(options)
  config.current = options.context ?? config.current
  const context = config.contexts.find(({ name }) => name === config.current)
  return {
    config,
    context,
    project: context?.namespace ?? '',
    access: () => loadAccess(options),
    write: (change) => writeSwitch(destinationOf(options), change),
  }
}

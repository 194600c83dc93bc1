// All resources of the stand-in cluster.
import type { Resource } from '../../core/machinery/resource.ts'
import type { StoredFactory } from '../../core/machinery/stored.ts'
import { accessResources } from './access.ts'
import { appsResources } from './apps.ts'
import { batchResources } from './batch.ts'
import { coreResources } from './core.ts'
import { eventResources } from './events.ts'
import { extensionResources } from './extensions.ts'
import { identityResources } from './identity.ts'
import { namespaceResource } from './namespaces.ts'
import { podResources } from './pods.ts'
import { quotaResources } from './quotas.ts'
import { projectResources } from './projects.ts'
import { rbacResources } from './rbac.ts'
import { replicationControllerResources } from './replicationControllers.ts'

/** The resources of the sandbox, whose objects `stored` keeps. */
export function sandboxResources({ stored }: { stored: StoredFactory }): Resource[] {
  const namespaces = namespaceResource(stored)
  return [
    namespaces,
    ...coreResources(stored),
    ...quotaResources(stored),
    ...eventResources(stored),
    ...podResources(stored),
    ...replicationControllerResources(stored),
    ...appsResources(stored),
    ...batchResources(stored),
    ...rbacResources(stored),
    ...accessResources(),
    ...extensionResources(),
    ...identityResources(),
    ...projectResources(namespaces),
  ]
}

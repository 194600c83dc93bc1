// Reading what pruning has to know. A kind that the server does not serve has no objects; any other failure ends the command
// before anything is removed.
import { imageLimitProblem, type LimitRange } from '../../core/image/limits.ts'
import type { Referrer } from '../../core/image/prune.ts'
import type { Image } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import { CommandError } from '../failure.ts'
import { listAll } from '../resource/read.ts'
import type { Session } from '../session.ts'

const TEMPLATE = { podSpec: 'spec.template.spec' }
const CRON = { podSpec: 'spec.jobTemplate.spec.template.spec' }

/** Every resource whose objects name images, with the place of the names. */
const REFERRERS: readonly [group: string, resource: string, at: Referrer['at']][] = [
  ['', 'pod', { podSpec: 'spec' }],
  ['', 'replicationcontroller', TEMPLATE],
  ['apps.openshift.io', 'deploymentconfig', TEMPLATE],
  ['apps', 'replicaset', TEMPLATE],
  ['apps', 'deployment', TEMPLATE],
  ['apps', 'daemonset', TEMPLATE],
  ['build.openshift.io', 'build', 'strategy'],
  ['build.openshift.io', 'buildconfig', 'strategy'],
  ['apps', 'statefulset', TEMPLATE],
  ['batch', 'job', TEMPLATE],
  ['batch', 'cronjob', CRON],
]

/** Everything that names images; namespace '' means all. */
export async function readReferrers(session: Session, namespace: string): Promise<Referrer[]> {
  const referrers: Referrer[] = []
  for (const [group, resource, at] of REFERRERS) {
    const objects = await listServed<KubeObject>(session, group, `${resource}s`, namespace)
    if (objects) referrers.push({ resource, at, objects })
  }
  return referrers
}

/** Whether an image is larger than its namespace allows. Throws CommandError where there are no LimitRanges. */
export async function readSizeLimits(
  session: Session,
  namespace: string,
): Promise<(namespace: string, image: Image) => boolean> {
  const ranges = await listServed<KubeObject & LimitRange>(session, '', 'limitranges', namespace)
  if (!ranges) {
    throw new CommandError('--prune-over-size-limit goes by LimitRanges, and this server does not serve any')
  }
  const byNamespace = Map.groupBy(ranges, ({ metadata }) => metadata.namespace)
  return (own, image) => {
    const bytes = image.dockerImageMetadata?.Size ?? 0
    return imageLimitProblem(byNamespace.get(own) ?? [], bytes) !== undefined
  }
}

/** All objects of a resource; undefined when the server does not know it. */
async function listServed<T extends KubeObject>(session: Session, group: string, plural: string, namespace: string) {
  try {
    return await listAll<T>(session, { resource: { group, version: 'v1', plural }, namespace })
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    throw error
  }
}

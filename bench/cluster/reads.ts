// GETs of image stream tags through the aggregator. Baseline: GETs of ConfigMaps from the kube-apiserver itself.
import { inParallel, measure } from '../measure.ts'
import { processorTime } from '../process.ts'
import { rate, type Row } from '../table.ts'
import { CONCURRENCY } from '../world.ts'
import { IMAGE_API, IMPORTS, NAMESPACE, type ClusterWorld, type Replica } from './world.ts'

const CONFIGMAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`
const BINDINGS = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/rolebindings`
const GETS = 4_000
/** What OpenShift was measured to serve at most, on two cores with everything on them. */
const OPENSHIFT = 1_015
const AIM = 1.2

const USER = 'bench'

/** The streams `image0` to `image499` must be there. */
export async function benchReads({ client }: ClusterWorld, replica: Replica): Promise<Row[]> {
  await createConfigMaps({ client })
  await allow({ client })
  const compare = async (what: string, headers: object): Promise<Row> => {
    const tag = (i: number) => client.drain(`${IMAGE_API}/imagestreamtags/image${i % IMPORTS}:latest`, headers)
    const configMap = (i: number) => client.drain(`${CONFIGMAPS}/c${i % IMPORTS}`, headers)
    await measure(GETS / 4, CONCURRENCY, tag)
    await measure(GETS / 4, CONCURRENCY, configMap)
    const before = await processorTime(replica.pid)
    const tags = await measure(GETS, CONCURRENCY, tag)
    const each = ((await processorTime(replica.pid)) - before) / GETS
    const plain = await measure(GETS, CONCURRENCY, configMap)
    return {
      what,
      value: `${rate(tags)}, ${each.toFixed(2)} ms of processor each`,
      baseline: `${rate(plain)} (GET configmap)`,
      ratio: tags.perSecond / plain.perSecond,
      aim: { text: `${AIM * OPENSHIFT}/s`, met: tags.perSecond >= AIM * OPENSHIFT },
    }
  }
  return [
    await compare('GET imagestreamtag, as administrator', {}),
    await compare('GET imagestreamtag, as a user with a role', { 'impersonate-user': USER }),
  ]
}

async function createConfigMaps({ client }: Pick<ClusterWorld, 'client'>): Promise<void> {
  // About as long as an image stream tag.
  const data = { reference: 'x'.repeat(2_000) }
  await inParallel(IMPORTS, CONCURRENCY, (i) =>
    client.send('POST', CONFIGMAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${i}` }, data }),
  )
}

async function allow({ client }: Pick<ClusterWorld, 'client'>): Promise<void> {
  const rules = [
    { apiGroups: ['image.openshift.io'], resources: ['imagestreamtags'], verbs: ['get'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
  ]
  const roles = BINDINGS.replace('rolebindings', 'roles')
  const group = 'rbac.authorization.k8s.io'
  const head = { apiVersion: `${group}/v1`, metadata: { name: USER } }
  await client.send('POST', roles, { ...head, kind: 'Role', rules })
  await client.send('POST', BINDINGS, {
    ...head,
    kind: 'RoleBinding',
    roleRef: { apiGroup: group, kind: 'Role', name: USER },
    subjects: [{ apiGroup: group, kind: 'User', name: USER }],
  })
}

// Admission of workloads: reviews sent as a kube-apiserver sends them, what creations of Deployments take with it and without
// it, and what the kube-apiserver has counted itself.
import { Pool } from 'undici'
import { triggersFor, workload } from '../../test/support/manifests.ts'
import { TRIGGERS_PATH } from '../../src/install/objects/webhooks.ts'
import { readKubeconfig } from '../../test/support/standalone.ts'
import { measure } from '../measure.ts'
import { rate, type Row } from '../table.ts'
import { metrics } from './metrics.ts'
import { NAMESPACE, type ClusterWorld, type Replica } from './world.ts'

const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`
/** No bare name, which might mean a stream: admission would be asked for all. */
const PLAIN = 'registry.example.com/before:1'
const REVIEWS = 3_000
const CREATIONS = 400
/** A kube-apiserver that rolls workloads out asks for few at a time. */
const CONCURRENCY = 4
/** Milliseconds. Also the first bound of the histogram that a kube-apiserver keeps. */
const AIM = 5

/** The streams `image0`, `image1`, … must be there. */
export async function benchAdmission({ client, kubeconfig }: ClusterWorld, replica: Replica): Promise<Row[]> {
  const reviews = await sendReviews(replica, kubeconfig)
  const create = (name: string, triggers?: string) =>
    client.send('POST', DEPLOYMENTS, workload(name, { image: PLAIN, replicas: 0, ...(triggers && { triggers }) }))
  const with_ = (i: number) => create(`with${i}`, triggersFor(`image${i}:latest`, `with${i}`))
  const without = (i: number) => create(`without${i}`)
  await measure(20, CONCURRENCY, (i) => create(`warm${i}`, triggersFor(`image${i}:latest`, `warm${i}`)))
  const before = await metrics(client)
  const annotated = await measure(CREATIONS, CONCURRENCY, with_)
  const plain = await measure(CREATIONS, CONCURRENCY, without)
  const after = await metrics(client)
  const seen = (le: string) => {
    const labels = { name: 'triggers.millrace.dev', ...(le && { le }) }
    const metric = `apiserver_admission_webhook_admission_duration_seconds_${le ? 'bucket' : 'count'}`
    return after.sum(metric, labels) - before.sum(metric, labels)
  }
  const share = seen(String(AIM / 1000)) / seen('')
  return [
    reviews,
    {
      what: 'creating Deployments with triggers',
      value: rate(annotated),
      baseline: `${rate(plain)} (without)`,
      ratio: annotated.p99 / plain.p99,
    },
    {
      what: `admission below ${AIM} ms, as the kube-apiserver sees it`,
      value: `${(100 * share).toFixed(1)} % of ${seen('')}`,
      baseline: `${CREATIONS} creations`,
      ratio: share,
      aim: { text: '99 %', met: share >= 0.99 },
    },
  ]
}

async function sendReviews({ port }: Replica, kubeconfig: string): Promise<Row> {
  const { token, ...certificate } = readKubeconfig(kubeconfig).admin
  const as = token ? { authorization: `Bearer ${token}` } : {}
  // As an aggregator does: all over one connection.
  const pool = new Pool(`https://localhost:${port}`, {
    connections: 1,
    pipelining: CONCURRENCY,
    allowH2: true,
    connect: { rejectUnauthorized: false, ...certificate },
  })
  const post = async (i: number) => {
    const answer = await pool.request({
      method: 'POST',
      path: `${TRIGGERS_PATH}?timeout=2s`,
      headers: { 'content-type': 'application/json', ...as },
      body: JSON.stringify(reviewOf(i)),
    })
    const { response } = (await answer.body.json()) as { response?: { patch?: string } }
    if (!response?.patch) throw new Error(`review ${i} was answered ${answer.statusCode} without a patch`)
  }
  const health = async () => {
    const answer = await pool.request({ method: 'GET', path: '/livez' })
    await answer.body.text()
  }
  await measure(REVIEWS / 3, CONCURRENCY, post)
  const reviews = await measure(REVIEWS, CONCURRENCY, post)
  const bare = await measure(REVIEWS, CONCURRENCY, health)
  await pool.close()
  return {
    what: 'admission reviews, p99',
    value: rate(reviews),
    baseline: `${rate(bare)} (GET /livez of the same server)`,
    ratio: reviews.p99 / bare.p99,
    aim: { text: `${AIM} ms`, met: reviews.p99 < AIM },
  }
}

function reviewOf(i: number): object {
  const name = `reviewed${i}`
  const object = workload(name, { image: PLAIN, triggers: triggersFor(`image${i % CREATIONS}:latest`, name) })
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      name,
      namespace: NAMESPACE,
      operation: 'CREATE',
      userInfo: { username: 'admin', groups: ['system:masters'] },
      object,
      oldObject: null,
      dryRun: false,
    },
  }
}

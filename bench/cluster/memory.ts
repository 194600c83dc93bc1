// The server's memory with 10,000 streams, and how long it takes to start with them. Baseline: an empty server.
import { inParallel } from '../measure.ts'
import type { Row } from '../table.ts'
import { CONCURRENCY } from '../world.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { IMAGE_API, NAMESPACE, type ClusterWorld, type Replica } from './world.ts'

export const MANY = 10_000
/** Megabytes. */
const AIM = 400
/** Milliseconds after the start, so that what starting left behind is collected or not, as it may be. */
const SETTLE = 5_000
/** Of each stream: tags, and images that each has had. */
const TAGS = 5
const HISTORY = 3

const STORED = `/apis/storage.millrace.dev/v1/namespaces/${NAMESPACE}/storedimagestreams`

export interface Size {
  /** Resident megabytes after the start, and after all streams have been read. */
  started: number
  read: number
  /** Milliseconds from the command until the cluster sends requests. */
  start: number
}

/** Starts a replica, reads all streams from it and looks how large it is. Leaves it running. */
export async function sizeOf(world: ClusterWorld): Promise<{ size: Size; replica: Replica }> {
  const replica = await world.start()
  await delay(SETTLE)
  const started = await replica.memory()
  await world.client.drain('/apis/image.openshift.io/v1/imagestreams')
  return { replica, size: { started, read: await replica.memory(), start: replica.started } }
}

/** Puts streams into the cluster, as the server keeps them: one that it has made itself, under other names. Bytes of one. */
export async function fillStreams({ client }: ClusterWorld): Promise<number> {
  const name = 'template'
  const created = await client.send<Stream>('POST', `${IMAGE_API}/imagestreams`, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: {
      name,
      labels: { app: name, team: 'a-team' },
      annotations: { 'example.com/owner': 'a-team@example.com' },
    },
    spec: { tags: Array.from({ length: TAGS }, (_, i) => specTag(i)) },
  })
  const status = { ...created.status, tags: Array.from({ length: TAGS }, (_, i) => statusTag(i)) }
  await client.send('PUT', `${IMAGE_API}/imagestreams/${name}/status`, { ...created, status })
  const stored = await client.send<Stored>('GET', `${STORED}/${name}`)
  await inParallel(MANY, CONCURRENCY, async (i) => {
    const { metadata } = stored.object
    const uid = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`
    await client.send('POST', STORED, {
      apiVersion: stored.apiVersion,
      kind: stored.kind,
      metadata: { name: `many${i}` },
      object: { ...stored.object, metadata: { ...metadata, name: `many${i}`, uid } },
    })
  })
  return JSON.stringify(stored.object).length
}

interface Stream {
  status: object
}

interface Stored {
  apiVersion: string
  kind: string
  object: { metadata: object }
}

const REPOSITORY = 'registry.example.com/a-team/application'
const tagName = (i: number): string => `1.${i}`
const digest = (i: number): string => `sha256:${i.toString(16).padStart(64, '0')}`

function specTag(i: number): object {
  return {
    name: tagName(i),
    from: { kind: 'DockerImage', name: `${REPOSITORY}:${tagName(i)}` },
    // Nothing is to be imported from a registry that is not there.
    reference: true,
    importPolicy: { scheduled: true, importMode: 'Legacy' },
    referencePolicy: { type: 'Source' },
  }
}

function statusTag(i: number): object {
  const items = Array.from({ length: HISTORY }, (_, j) => ({
    created: '2026-01-01T00:00:00Z',
    dockerImageReference: `${REPOSITORY}@${digest(HISTORY * i + j)}`,
    image: digest(HISTORY * i + j),
    generation: 2,
  }))
  return { tag: tagName(i), items }
}

export function sizeRows(empty: Size, full: Size, bytes: number): Row[] {
  const memory = (what: string, of: 'started' | 'read'): Row => ({
    what: `memory with ${MANY} streams of ${(bytes / 1000).toFixed(1)} KB, ${what}`,
    value: `${full[of].toFixed(0)} MB resident`,
    baseline: `${empty[of].toFixed(0)} MB (before them)`,
    ratio: full[of] / empty[of],
    aim: { text: `${AIM} MB`, met: full[of] < AIM },
  })
  return [
    memory('started', 'started'),
    memory('all read once', 'read'),
    {
      what: `start with ${MANY} streams`,
      value: `${full.start.toFixed(0)} ms`,
      baseline: `${empty.start.toFixed(0)} ms (before them)`,
      ratio: full.start / empty.start,
    },
  ]
}

// Writing and deleting tags, also on servers or for users that only have image streams themselves.
import { specTag } from '../../core/image/access.ts'
import type { ImageStream, TagReference } from '../../core/image/types.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { isReason } from '../../core/machinery/status.ts'
import { CommandError } from '../failure.ts'
import { IMAGE_API, IMAGE_STREAM_TAGS, IMAGE_STREAMS } from '../stream/refs.ts'
import type { TagBody } from './body.ts'
import type { Destination } from './destination.ts'

/** Sets a tag: update, else create, else by way of the stream. */
export async function writeTag(client: ObjectClient, { namespace, stream }: Destination, body: TagBody): Promise<void> {
  const tags = { resource: IMAGE_STREAM_TAGS, namespace }
  const updated = await permitted(client.update({ ...tags, name: body.metadata.name ?? '' }, body), 'NotFound')
  if (updated || (await permitted(client.create(tags, body)))) return
  const target = { resource: IMAGE_STREAMS, namespace, name: stream }
  const current = await existing(client.get<ImageStream>(target))
  if (!current) {
    await client.create(target, { ...HEAD, metadata: { name: stream }, spec: { tags: [body.tag] } } as ImageStream)
    return
  }
  const before = current.spec.tags ?? []
  const known = before.some(({ name }) => name === body.tag.name)
  const next = known ? before.map((tag) => (tag.name === body.tag.name ? body.tag : tag)) : [...before, body.tag]
  await client.update(target, withTags(current, next))
}

/** Deletes a tag and returns what to print. */
export async function deleteTag(client: ObjectClient, destination: Destination): Promise<string> {
  const { namespace, stream, tag, text } = destination
  const done = `Deleted tag ${namespace}/${text}.`
  if (await permitted(client.delete({ resource: IMAGE_STREAM_TAGS, namespace, name: `${stream}:${tag}` }))) return done
  const target = { resource: IMAGE_STREAMS, namespace, name: stream }
  const current = await existing(client.get<ImageStream>(target))
  if (!current) return `Image stream "${stream}" does not exist.`
  if (!specTag(current, tag)) throw new CommandError(`destination tag ${namespace}/${text} does not exist.`)
  const rest = (current.spec.tags ?? []).filter(({ name }) => name !== tag)
  await client.update(target, withTags(current, rest))
  return done
}

function withTags(stream: ImageStream, tags: TagReference[]): ImageStream {
  return { ...HEAD, ...stream, spec: { ...stream.spec, tags } }
}

const HEAD = { kind: 'ImageStream', apiVersion: IMAGE_API } as const

/** True when the call went through; false when the server does not let this user do it this way. */
async function permitted(call: Promise<unknown>, also?: 'NotFound'): Promise<boolean> {
  try {
    await call
    return true
  } catch (error) {
    const other = isReason(error, 'MethodNotAllowed') || isReason(error, 'Forbidden')
    if (other || (also && isReason(error, also))) return false
    throw error
  }
}

async function existing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (isReason(error, 'NotFound')) return undefined
    throw error
  }
}

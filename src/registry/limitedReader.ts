// A reader that asks each registry only so many questions at once.
import { createLimiter, type Limiter } from './limiter.ts'
import type { RegistryReader, Repository } from './reader.ts'

/** Wraps a reader; the limit counts for each host by itself, so that a slow one stops no other. */
export function limited(reader: RegistryReader, limit: number): RegistryReader {
  const limiters = new Map<string, Limiter>()
  const slot = <V>({ host }: Repository, signal: AbortSignal, work: () => Promise<V>): Promise<V> => {
    let limiter = limiters.get(host)
    if (!limiter) limiters.set(host, (limiter = createLimiter(limit)))
    return limiter(() => {
      signal.throwIfAborted()
      return work()
    })
  }
  return {
    manifest: (repository, reference, signal) =>
      slot(repository, signal, () => reader.manifest(repository, reference, signal)),
    head: (repository, reference, signal, known) =>
      slot(repository, signal, () => reader.head(repository, reference, signal, known)),
    blob: (repository, digest, signal) => slot(repository, signal, () => reader.blob(repository, digest, signal)),
    blobSize: (repository, digest, signal) =>
      slot(repository, signal, () => reader.blobSize(repository, digest, signal)),
    tags: (repository, signal) => slot(repository, signal, () => reader.tags(repository, signal)),
  }
}

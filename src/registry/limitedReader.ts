// A reader for one import: it takes its turn at each host, and spends what the import may take.
import type { ImportBudget } from './importBudget.ts'
import type { HostLimiters } from './limiter.ts'
import type { RegistryReader, Repository } from './reader.ts'

/** Wraps a reader. `hosts` are shared with other imports; `budget` is the import's own, and stands for it in every line. */
export function limited(reader: RegistryReader, hosts: HostLimiters, budget: ImportBudget): RegistryReader {
  const inTurn = async <V>(
    { host }: Repository,
    signal: AbortSignal,
    work: () => Promise<V>,
    weigh: (value: V) => number = () => 0,
  ): Promise<V> => {
    const value = await hosts.run(host, budget, signal, work)
    budget.spend(weigh(value))
    return value
  }
  return {
    manifest: (repository, reference, signal) =>
      inTurn(
        repository,
        signal,
        () => reader.manifest(repository, reference, signal),
        ({ bytes }) => bytes.length,
      ),
    head: (repository, reference, signal, known) =>
      inTurn(repository, signal, () => reader.head(repository, reference, signal, known)),
    blob: (repository, digest, signal) =>
      inTurn(
        repository,
        signal,
        () => reader.blob(repository, digest, signal),
        (bytes) => bytes.length,
      ),
    blobSize: (repository, digest, signal) =>
      inTurn(repository, signal, () => reader.blobSize(repository, digest, signal)),
    tags: (repository, signal) =>
      inTurn(
        repository,
        signal,
        () => reader.tags(repository, signal),
        (tags) => tags.reduce((sum, tag) => sum + tag.length, 0),
      ),
  }
}

// Which references pushes are about.
import { ALL_TAGS } from '../schedule/source.ts'
import { registryUrl, repositoryName } from '../oci/forms.ts'
import type { Reference } from '../oci/reference.ts'
import type { PushEvent } from './pushEvent.ts'

/**
 * Whether something was pushed to what a reference means, so that it has to be looked at. Docker Hub has several names, and ports
 * that go without saying may be said. A digest means the same for ever: nobody can push to it. Takes the same time however many
 * pushes there are to other repositories.
 */
export function pushMatcher(pushes: readonly PushEvent[]): (reference: Reference) => boolean {
  const byRepository = Map.groupBy(pushes.flatMap(named), ({ repository }) => repository)
  return (reference) => {
    if (reference.id !== '' || reference.name === '') return false
    const host = hostOf(reference.registry)
    const tag = reference.tag || 'latest'
    const found = byRepository.get(repositoryName(reference)) ?? []
    const any = tag === ALL_TAGS
    return found.some(
      (push) => (push.host ?? host) === host && (any || push.tags.length === 0 || push.tags.includes(tag)),
    )
  }
}

/** With the host and the repository as references are compared. */
function named({
  host,
  repository,
  tags,
}: PushEvent): { host: string | undefined; repository: string; tags: readonly string[] }[] {
  const named = { registry: host ?? '', namespace: '', name: repository, tag: '', id: '' }
  // What has no namespace on Docker Hub, and on no other host, is in `library`.
  const implied = repository.includes('/') ? repository : repositoryName(named)
  if (host !== undefined) return [{ host: hostOf(host), repository: implied, tags }]
  return [...new Set([repository, implied])].map((name) => ({ host, repository: name, tags }))
}

function hostOf(registry: string): string {
  const url = registryUrl({ registry, namespace: '', name: '', tag: '', id: '' })
  return url.toLowerCase().replace(/:443$/, '')
}

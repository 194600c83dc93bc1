// One import: what it has fetched so far, so that nothing is fetched twice.
import type { PreferredPlatform } from '../core/image/import.ts'
import type { ImageImportStatus, TagImportPolicy } from '../core/image/types.ts'
import {
  asRepository,
  registryUrl,
  repositoryName,
  withClientDefaults,
  withDigest,
  withTag,
} from '../core/oci/forms.ts'
import { clone } from '../core/machinery/json/clone.ts'
import type { Platform } from '../core/oci/platform.ts'
import { exact, type Reference } from '../core/oci/reference.ts'
import { imageFailure, succeeded } from './failure.ts'
import { fetchImage } from './fetchImage.ts'
import type { ImportBudget } from './importBudget.ts'
import { Limiter } from './limiter.ts'
import type { Candidates, RegistryReader, Repository } from './reader.ts'
import type { SharedQuery } from './sharedCredentials.ts'

/** What all images of one import share. */
export interface RunOptions {
  reader: RegistryReader
  /** The credentials for an image, asked for when a registry wants one. */
  credentials: (query: SharedQuery) => Promise<Candidates>
  /** Preferred where neither the tag nor the registry says otherwise. */
  platform: Platform
  now: Date
  budget: ImportBudget
}

/** One image of a repository. */
export interface Item {
  /** Digest, else tag. */
  reference: string
  digest: boolean
  preferred: PreferredPlatform
  importMode: string
  /** The tag that the digest was chosen by: the result is this tag's. */
  tag?: string
}

/** A repository and what is fetched from it. */
export interface Group {
  repository: Repository
  /** Spelled as the first who asked spelled it. */
  spelling: Reference
  fetched: Map<string, Promise<ImageImportStatus>>
  /** All tags of the repository, once somebody has asked for them. */
  tags?: Promise<string[]>
}

/** Images of one host at once: those are finished before others are begun, so that an import that is given up has whole images. */
const IMAGES = 8

/** One import: its images by repository, each fetched once. */
export class ImportRun {
  readonly #options: RunOptions
  readonly #groups = new Map<string, Group>()
  readonly #images = new Map<string, Limiter>()

  constructor(options: RunOptions) {
    this.#options = options
  }

  /** Everything that names the same repository shares the spelling, transport and credential of the first. */
  group(reference: Reference, policy: TagImportPolicy): Group {
    const defaulted = withClientDefaults(reference)
    const host = registryUrl(defaulted).slice('https://'.length)
    const name = repositoryName(defaulted)
    const key = `${host}/${name}`
    let group = this.#groups.get(key)
    if (!group) {
      const insecure = policy.insecure ?? false
      const { credentials, budget } = this.#options
      const candidates: Repository['candidates'] = (refused, elsewhere) =>
        // How mirrors are reached the administrator has said.
        credentials(elsewhere ? { reference: elsewhere, insecure: false, refused } : { reference, insecure, refused })
      const repository = { host, name, insecure, candidates, namespace: budget.group }
      group = { repository, spelling: asRepository(reference), fetched: new Map() }
      this.#groups.set(key, group)
    }
    return group
  }

  /** Fetches an item once, and gives its status. Rejects only when the signal aborts. */
  fetch(group: Group, item: Item): Promise<ImageImportStatus> {
    const { arch = '', os = '' } = item.digest ? {} : item.preferred
    const key = JSON.stringify([item.reference, arch, os, item.importMode, item.tag])
    const earlier = group.fetched.get(key)
    // Results are the caller's to change, so nobody gets the same one twice.
    if (earlier) return earlier.then(clone)
    const status = this.#fetch(group, item)
    group.fetched.set(key, status)
    return status
  }

  async #fetch({ repository, spelling }: Group, item: Item): Promise<ImageImportStatus> {
    const { reader, platform, now, budget } = this.#options
    const preferred = item.digest ? {} : item.preferred
    const tag = item.digest ? {} : { tag: item.tag ?? item.reference }
    const options = {
      reader,
      repository,
      spelling,
      preserve: item.importMode === 'PreserveOriginal',
      platform: { architecture: preferred.arch || platform.architecture, os: preferred.os || platform.os },
      now,
      signal: budget.signal,
    }
    try {
      const fetch = () => fetchImage(options, item.reference)
      const fetched = await this.#imagesOf(repository.host).run(this, budget.signal, fetch)
      return { status: succeeded(), ...fetched, ...tag }
    } catch (error) {
      budget.throwIfUnwanted()
      const asked = item.digest || item.tag ? withDigest(spelling, item.reference) : withTag(spelling, item.reference)
      return { status: imageFailure(error, exact(withClientDefaults(asked))), ...tag }
    }
  }

  #imagesOf(host: string): Limiter {
    return this.#images.getOrInsertComputed(host, () => new Limiter({ total: IMAGES, each: IMAGES }))
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOCKER_LIST, OCI_INDEX, OCI_MANIFEST } from '../oci/mediaType.ts'
import { pullsFor } from './pulls.ts'
import type { Checked } from './verdict.ts'

const cases: [name: string, news: Checked[], mediaType: string | undefined, pulls: number][] = [
  ['nobody', [], OCI_MANIFEST, 0],
  ['one follower', [{ digest: 'a' }], OCI_MANIFEST, 1],
  ['many of the same', [{ digest: 'a' }, { digest: 'a' }, { digest: 'a' }], OCI_MANIFEST, 1],
  ['many of an index', [{ digest: 'a' }, { digest: 'a' }], OCI_INDEX, 2],
  ['one of a list', [{ digest: 'a' }], DOCKER_LIST, 2],
  ['policies that choose differently', [{ digest: 'a' }, { digest: 'b' }, { digest: 'a' }], undefined, 2],
  ['what fails is asked for, to hear why', [{ failure: 'NotFound' }, { failure: 'NotFound' }], undefined, 1],
  ['registries that tell no digest', [{}, {}], undefined, 1],
]
for (const [name, news, mediaType, pulls] of cases)
  test(name, () => {
    assert.equal(pullsFor(news, mediaType), pulls)
  })

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { digest, event, stream, tag } from '../../../test/support/imageObjects.ts'
import { localPullSpec, parseLocalName } from './localName.ts'
import type { LookupStream } from './lookup.ts'

const REPOSITORY = 'reg:5000/p/s'

describe('an image that may mean a stream', () => {
  const cases: [image: string, plain: string | undefined, forced: string | undefined][] = [
    ['mysql', 'mysql:latest', 'mysql:latest'],
    ['mysql:8', 'mysql:8', 'mysql:8'],
    ['acme/mysql:8', undefined, 'mysql:8'],
    ['quay.io/acme/mysql:8', undefined, 'mysql:8'],
    ['reg:5000/mysql', undefined, 'mysql:latest'],
    ['localhost/mysql:8', undefined, 'mysql:8'],
    ['quay.io/acme/deep/mysql:8', undefined, undefined],
    [`mysql@${digest('a')}`, undefined, undefined],
    [`mysql:8@${digest('a')}`, undefined, undefined],
    // A single word with a dot is a registry, without any name.
    ['my.image:v1', undefined, undefined],
    ['MySQL:8', undefined, undefined],
    ['mysql:8:9', undefined, undefined],
    ['', undefined, undefined],
    [' ', undefined, undefined],
    ['__proto__', undefined, undefined],
  ]
  for (const [image, plain, forced] of cases) {
    test(`${JSON.stringify(image)} means ${plain}, or forced ${forced}`, () => {
      const text = (force: boolean) => {
        const name = parseLocalName(image, force)
        return name && `${name.stream}:${name.tag}`
      }
      assert.deepEqual([text(false), text(true)], [plain, forced])
    })
  }
})

describe('what to pull for a tag of a stream', () => {
  const spec = (local: boolean, repository = '', policy = 'Source'): LookupStream => {
    const made = stream([tag('t', 'quay.io/acme/ubi:1', { referencePolicy: { type: policy } }), tag('ref')], {
      t: [event('a'), event('b')],
      ref: [event('')],
      tagged: [event('a', { dockerImageReference: 'quay.io/acme/ubi:1' })],
      odd: [event('a', { dockerImageReference: 'not a reference' })],
      empty: [],
    })
    made.spec.lookupPolicy = { local }
    made.status.dockerImageRepository = repository
    return made
  }
  const source = `quay.io/acme/ubi@${digest('a')}`
  const cases: [string, LookupStream, tag: string, force: boolean, string | undefined][] = [
    ['lookup policy local: the newest image', spec(true), 't', false, source],
    ['lookup policy not local: nothing', spec(false, REPOSITORY), 't', false, undefined],
    ['lookup policy not local, forced', spec(false), 't', true, source],
    ['digest in place of a tag', spec(true), 'tagged', false, source],
    [
      'reference policy Local: the own repository',
      spec(true, REPOSITORY, 'Local'),
      't',
      false,
      `${REPOSITORY}@${digest('a')}`,
    ],
    ['no such tag: the own repository', spec(true, REPOSITORY), 'nope', false, `${REPOSITORY}:nope`],
    ['no such tag, forced', spec(false, REPOSITORY), 'nope', true, `${REPOSITORY}:nope`],
    ['no such tag, lookup policy not local', spec(false, REPOSITORY), 'nope', false, undefined],
    ['no such tag and no repository', spec(true), 'nope', false, undefined],
    ['a tag without image, which cannot be read', spec(true, REPOSITORY), 'ref', false, `${REPOSITORY}:ref`],
    ['a tag without history', spec(true, REPOSITORY), 'empty', false, `${REPOSITORY}:empty`],
    ['an event that cannot be pulled', spec(true, REPOSITORY), 'odd', false, undefined],
  ]
  for (const [name, from, wanted, force, expected] of cases)
    test(name, () => assert.equal(localPullSpec(from, wanted, force), expected))
})

describe('names', () => {
  const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)
  test('mean the same stream from whatever registry, when forced', () => {
    fc.assert(
      fc.property(word, word, word, word, (host, namespace, name, version) => {
        const bare = parseLocalName(`${name}:${version}`, true)
        assert.deepEqual(bare, { stream: name, tag: version })
        assert.deepEqual(parseLocalName(`${host}.example/${namespace}/${name}:${version}`, true), bare)
        assert.deepEqual(parseLocalName(`${name}:${version}`, false), bare)
      }),
    )
  })

  test('once looked up, mean no stream any more: a second look changes nothing', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.constantFrom('', REPOSITORY),
        fc.constantFrom('Source', 'Local'),
        (force, repository, type) => {
          const made = stream([tag('t', 'x', { referencePolicy: { type } })], { t: [event('a')] })
          made.spec.lookupPolicy.local = !force
          made.status.dockerImageRepository = repository
          const image = localPullSpec(made, 't', force)
          assert.ok(image)
          assert.equal(parseLocalName(image, force), undefined)
        },
      ),
    )
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, image } from '../../../test/support/imageObjects.ts'
import type { Image, ImageSignature } from '../../core/image/types.ts'

const NAME = `${digest('a')}@one`
const signature = (name: string, more: object = {}) => ({
  metadata: { name },
  type: 'AtomicImageV1',
  content: 'c2ln',
  ...more,
})

async function withSignature(): Promise<ImageApi> {
  const api = await imageApi()
  await api.call('POST', `${ROOT}/images`, image('a'))
  assert.equal((await api.call('POST', `${ROOT}/imagesignatures`, signature(NAME))).status, 201)
  return api
}
const signaturesOf = async ({ call }: ImageApi) =>
  (await call<Image>('GET', `${ROOT}/images/${digest('a')}`)).body.signatures

test('a signature lives in its image; what only the server may say of it is dropped', async () => {
  const api = await imageApi()
  await api.call('POST', `${ROOT}/images`, image('a'))
  const condition = { type: 'Trusted', status: 'True', lastProbeTime: null, lastTransitionTime: null }
  const forged = {
    conditions: [condition],
    imageIdentity: 'x',
    signedClaims: { a: 'b' },
    created: '2024-01-01T00:00:00Z',
    issuedBy: { organization: 'o' },
    issuedTo: { publicKeyID: 'k' },
  }
  const { status, body } = await api.call<ImageSignature>('POST', `${ROOT}/imagesignatures`, signature(NAME, forged))
  assert.equal(status, 201)
  const { uid, creationTimestamp } = body.metadata
  assert.ok(uid && creationTimestamp)
  const stored = signature(NAME, { metadata: { name: NAME, uid, creationTimestamp } })
  assert.deepEqual(body, { kind: 'ImageSignature', apiVersion: 'image.openshift.io/v1', ...stored })
  assert.deepEqual(await signaturesOf(api), [stored])
})

const refused: [what: string, body: object, status: number, message: RegExp][] = [
  [
    'the same name',
    signature(NAME, { content: 'b3RoZXI=' }),
    409,
    /^imageSignatures\.image\.openshift\.io ".*@one" already exists$/,
  ],
  ['the same type and content', signature(`${digest('a')}@two`), 409, /@two" already exists$/],
  [
    'an image that is not there',
    signature(`${digest('f')}@x`),
    404,
    /^images\.image\.openshift\.io "sha256:f+" not found$/,
  ],
  ['a name without image', signature('plain'), 422, /name must be of format <imageName>@<signatureName>/],
  [
    'annotations',
    signature(NAME, { metadata: { name: NAME, annotations: { a: 'b' } } }),
    422,
    /metadata\.annotations: Forbidden/,
  ],
]
for (const [what, body, code, message] of refused) {
  test(`a signature is refused for ${what}`, async () => {
    const api = await withSignature()
    const said = await api.call('POST', `${ROOT}/imagesignatures`, body)
    assert.equal(said.status, code)
    assert.match(said.body.message ?? '', message)
    assert.equal((await signaturesOf(api))?.length, 1)
  })
}

test('another signature of the image is added', async () => {
  const api = await withSignature()
  const other = signature(`${digest('a')}@two`, { content: 'b3RoZXI=' })
  assert.equal((await api.call('POST', `${ROOT}/imagesignatures`, other)).status, 201)
  assert.equal((await signaturesOf(api))?.length, 2)
})

test('a signature is deleted once', async () => {
  const api = await withSignature()
  const remove = async (name: string) => {
    const { status, body } = await api.call('DELETE', `${ROOT}/imagesignatures/${name}`)
    return [status, body.message]
  }
  assert.deepEqual(await remove(NAME), [200, undefined])
  assert.equal(await signaturesOf(api), undefined)
  assert.deepEqual(await remove(NAME), [404, `imageSignatures.image.openshift.io "${NAME}" not found`])
  assert.equal((await remove(`${digest('f')}@x`))[0], 404)
  assert.deepEqual(await remove('plain'), [400, 'ImageSignatures must be accessed with <imageName>@<signatureName>'])
})

test('a dry run of a signature changes nothing', async () => {
  const api = await withSignature()
  const other = signature(`${digest('a')}@two`, { content: 'b3RoZXI=' })
  assert.equal((await api.call('POST', `${ROOT}/imagesignatures?dryRun=All`, other)).status, 201)
  assert.equal((await api.call('DELETE', `${ROOT}/imagesignatures/${NAME}?dryRun=All`)).status, 200)
  assert.equal((await signaturesOf(api))?.length, 1)
})

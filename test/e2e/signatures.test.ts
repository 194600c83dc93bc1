// imagesignatures with kubectl and bare requests: they are made and deleted one by one, and read from their image.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const API = '/apis/image.openshift.io/v1'
const IMAGE = `sha256:${'a'.repeat(64)}`
const MISSING = `sha256:${'b'.repeat(64)}`
const CONTENT = Buffer.from('signed').toString('base64')
const NAME = `${IMAGE}@first`

inEachWorld((world) => {
  let server: Server
  let kubectl: Server['kubectl']
  before(async () => {
    server = await world.start()
    kubectl = server.kubectl
    await create({
      apiVersion: 'image.openshift.io/v1',
      kind: 'Image',
      metadata: { name: IMAGE },
      dockerImageReference: `quay.io/acme/ruby@${IMAGE}`,
    })
  })
  after(() => server?.stop())

  const create = (object: object, ...args: string[]) =>
    kubectl.with(JSON.stringify(object)).run('create', '-f', '-', ...args)
  const signature = (name: string, more: object = {}) => ({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageSignature',
    metadata: { name },
    type: 'AtomicImageV1',
    content: CONTENT,
    ...more,
  })
  interface Signature {
    metadata: { name: string; uid?: string; creationTimestamp?: string }
    type: string
    content: string
  }
  const ofImage = async (): Promise<Signature[]> => {
    const image = JSON.parse(await kubectl.run('get', 'image', IMAGE, '-o', 'json')) as { signatures?: Signature[] }
    return image.signatures ?? []
  }
  const failure = async (method: string, path: string, body?: object) => {
    const { code, reason, message } = (await server.call(method, API + path, body)).json() as Record<string, unknown>
    return { code, reason, message }
  }

  test('a dry run makes none', async () => {
    const object = signature(NAME)
    const made = await create(object, '--dry-run=server')
    assert.equal(made, `imagesignature.image.openshift.io/${NAME} created (server dry run)\n`)
    assert.deepEqual(await ofImage(), [])
  })

  test('one that is made is kept in its image, without what only a verifier may say', async () => {
    const claims = {
      conditions: [{ type: 'Trusted', status: 'True' }],
      imageIdentity: 'quay.io/acme/ruby:3',
      signedClaims: { a: 'b' },
      created: '2020-01-02T03:04:05Z',
      issuedBy: { commonName: 'me' },
      issuedTo: { publicKeyID: 'x' },
    }
    const answer = await server.call('POST', `${API}/imagesignatures`, signature(NAME, claims))
    const made = answer.json() as Signature
    assert.equal(answer.status, 201)
    const { uid, creationTimestamp } = made.metadata
    assert.match(uid ?? '', /^[0-9a-f-]{36}$/)
    assert.ok(Math.abs(Date.parse(creationTimestamp ?? '') - Date.now()) < 60_000)
    const { apiVersion, kind, ...expected } = signature(NAME)
    const stored = { ...expected, metadata: { name: NAME, uid, creationTimestamp } }
    assert.deepEqual(made, { kind, apiVersion, ...stored })
    assert.deepEqual(await ofImage(), [stored])
    assert.match(
      await server.millrace.run('describe', 'image', IMAGE),
      /\tName:\tsha256:a+@first\n.*\n\t+Status:\tUnverified\n/,
    )
  })

  describe('one that is refused', () => {
    const invalid = (name: string, why: string) => `ImageSignature.image.openshift.io "${name}" is invalid: ${why}`
    const format = (name: string) =>
      `metadata.name: Invalid value: "${name}": name must be of format <imageName>@<signatureName>`
    const taken = (name: string) => `imageSignatures.image.openshift.io "${name}" already exists`
    const other = { content: Buffer.from('other').toString('base64') }
    const second = `${IMAGE}@second`
    const cases: [what: string, object: object, code: number, reason: string, message: string][] = [
      ['has no image in its name', signature('plain'), 422, 'Invalid', invalid('plain', format('plain'))],
      ['has no name of its own', signature(`${IMAGE}@`), 422, 'Invalid', invalid(`${IMAGE}@`, format(`${IMAGE}@`))],
      ['has too many parts', signature(`${NAME}@x`), 422, 'Invalid', invalid(`${NAME}@x`, format(`${NAME}@x`))],
      ['has no type', signature(second, { type: '' }), 422, 'Invalid', invalid(second, 'type: Required value')],
      [
        'has no content',
        signature(second, { content: '' }),
        422,
        'Invalid',
        invalid(second, 'content: Required value'),
      ],
      [
        'has labels',
        signature(second, { ...other, metadata: { name: second, labels: { a: 'b' } } }),
        422,
        'Invalid',
        invalid(second, 'metadata.labels: Forbidden: signature labels cannot be set'),
      ],
      [
        'has annotations',
        signature(second, { ...other, metadata: { name: second, annotations: { a: 'b' } } }),
        422,
        'Invalid',
        invalid(second, 'metadata.annotations: Forbidden: signature annotations cannot be set'),
      ],
      [
        'is of no image that is there',
        signature(`${MISSING}@x`),
        404,
        'NotFound',
        `images.image.openshift.io "${MISSING}" not found`,
      ],
      ['has a name that is taken', signature(NAME, other), 409, 'AlreadyExists', taken(NAME)],
      ['says what another one says', signature(second), 409, 'AlreadyExists', taken(second)],
    ]
    for (const [what, object, code, reason, message] of cases) {
      test(what, async () => {
        assert.deepEqual(await failure('POST', '/imagesignatures', object), { code, reason, message })
        assert.equal((await ofImage()).length, 1)
      })
    }
  })

  test('there is no list of them, and none is read alone', async () => {
    const { stderr } = await kubectl.fail('get', 'imagesignatures')
    assert.match(stderr, /MethodNotAllowed|does not allow this method|doesn't have a resource type/)
    assert.equal((await server.call('GET', `${API}/imagesignatures`)).status, 405)
    assert.equal((await server.call('GET', `${API}/imagesignatures/${NAME}`)).status, 405)
  })

  test('a verifier writes what it found out with the image, all of it or nothing', async () => {
    const condition = (type: string) => ({
      type,
      status: 'True',
      lastProbeTime: '2026-01-02T03:04:05Z',
      lastTransitionTime: '2026-01-02T03:04:05Z',
    })
    const write = async (found: object) => {
      const image = JSON.parse(await kubectl.run('get', 'image', IMAGE, '-o', 'json')) as { signatures: object[] }
      Object.assign(image.signatures[0]!, found)
      return server.call('PUT', `${API}/images/${IMAGE}`, image)
    }
    const alone = await write({ conditions: [condition('Trusted')] })
    assert.equal(alone.status, 422)
    assert.match(
      alone.text,
      /signatures\[0\]\.conditions: Invalid value: .*must be paired with a \\"ForImage\\" condition/,
    )
    const unfounded = await write({ issuedBy: { commonName: 'KEY' } })
    assert.match(
      unfounded.text,
      /signatures\[0\]\.issuedBy: Invalid value: .*must be unset for unknown signature state/,
    )
    const found = { conditions: [condition('Trusted'), condition('ForImage')], issuedBy: { commonName: 'KEY' } }
    assert.equal((await write(found)).status, 200)
    assert.deepEqual(
      await kubectl.run('get', 'image', IMAGE, '-o', 'jsonpath={.signatures[0].conditions[*].type}'),
      'Trusted ForImage',
    )
  })

  test('one that is deleted is gone from its image, and the others stay', async () => {
    const second = `${IMAGE}@second`
    await create(signature(second, { content: Buffer.from('other').toString('base64') }))
    const path = (name: string) => `${API}/imagesignatures/${name}`
    const dry = await server.call('DELETE', `${path(NAME)}?dryRun=All`)
    assert.deepEqual([dry.status, (await ofImage()).length], [200, 2])
    const gone = await server.call('DELETE', path(encodeURIComponent(NAME)))
    assert.deepEqual(
      [gone.status, gone.json()],
      [200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' }],
    )
    assert.deepEqual(
      (await ofImage()).map(({ metadata }) => metadata.name),
      [second],
    )
    const text = await kubectl.run('delete', 'imagesignature', second, '--wait=false')
    assert.match(text, /^imagesignature\.image\.openshift\.io "sha256:a+@second" deleted/)
    assert.deepEqual(await ofImage(), [])
  })

  test('a deletion that cannot be done says why', async () => {
    const name = 'ImageSignatures must be accessed with <imageName>@<signatureName>'
    const cases: [string, number, string, string][] = [
      ['plain', 400, 'BadRequest', name],
      [`${NAME}@x`, 400, 'BadRequest', name],
      [NAME, 404, 'NotFound', `imageSignatures.image.openshift.io "${NAME}" not found`],
      [`${MISSING}@x`, 404, 'NotFound', `images.image.openshift.io "${MISSING}" not found`],
    ]
    for (const [path, code, reason, message] of cases) {
      assert.deepEqual(await failure('DELETE', `/imagesignatures/${path}`), { code, reason, message })
    }
  })
})

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { issueAuthority, issueServer } from '../../http/issue.ts'
import { encodeBundle, parseBundle, trusted, type Bundle } from './bundle.ts'
import { rotate } from './rotation.ts'

const HOSTS = ['millrace.millrace.svc']
const START = new Date('2026-01-01T00:00:00Z')
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const at = (ms: number): Date => new Date(START.getTime() + ms)
const step = (bundle: Bundle | undefined, ms: number, told = true, hosts = HOSTS) =>
  rotate(bundle, { hosts, now: at(ms), told })

/** Whether somebody who trusts these authorities accepts the server at that time. */
function accepts(authorities: string, bundle: Bundle, now: Date): boolean {
  const serving = new X509Certificate(bundle.serving.cert)
  const isValid = serving.validFromDate <= now && now < serving.validToDate
  const all = authorities.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return (
    isValid &&
    all.some((pem) => {
      const authority = new X509Certificate(pem)
      return authority.validToDate > now && serving.checkIssued(authority) && serving.verify(authority.publicKey)
    })
  )
}

describe('certificates', () => {
  test('are made where there are none, and left alone then', async () => {
    const bundle = await step(undefined, 0)
    assert.ok(accepts(trusted(bundle), bundle, START))
    assert.ok(new X509Certificate(bundle.serving.cert).checkHost(HOSTS[0]!))
    assert.equal(await step(bundle, 1), bundle)
    assert.equal(await step(bundle, 59 * DAY), bundle)
  })

  test('are renewed 30 days before they end, by the same authority', async () => {
    const bundle = await step(undefined, 0)
    const next = await step(bundle, 61 * DAY)
    assert.notEqual(next.serving.cert, bundle.serving.cert)
    assert.equal(next.authority, bundle.authority)
  })

  test('are made anew for another name, or when another authority has signed them', async () => {
    const bundle = await step(undefined, 0)
    const moved = await step(bundle, 1, true, ['millrace.elsewhere.svc'])
    assert.ok(new X509Certificate(moved.serving.cert).checkHost('millrace.elsewhere.svc'))
    const stranger = await issueServer(await issueAuthority('x', 10, START), HOSTS, 10, START)
    const mended = await step({ ...bundle, serving: stranger }, 1)
    assert.ok(accepts(trusted(mended), mended, at(1)))
  })

  test('of an authority that has ended are made anew with it', async () => {
    const bundle = await step(undefined, 0)
    const next = await step(bundle, 4 * 365 * DAY)
    assert.notEqual(next.authority.cert, bundle.authority.cert)
    assert.deepEqual(next.previous, [])
  })

  test('of a new authority wait until everybody has been told, and the old one stays trusted until its end', async () => {
    const old = await step(undefined, 0)
    const late = 2 * 365 * DAY + DAY
    const renewed = await step({ ...old, serving: await issueServer(old.authority, HOSTS, 90, at(late)) }, late)
    assert.ok(renewed.next)
    assert.equal(renewed.authority, old.authority)
    assert.equal(await step(renewed, late + MINUTE), renewed, 'it has just been told')
    assert.equal(await step(renewed, late + DAY, false), renewed, 'not all were told')
    const after = await step(renewed, late + 11 * MINUTE)
    assert.equal(after.authority, renewed.next)
    assert.deepEqual(after.previous, [old.authority.cert])
    assert.ok(trusted(after).includes(old.authority.cert.trim()))
    const end = 3 * 365 * DAY + DAY
    const leaf = await issueServer(after.authority, HOSTS, 90, at(end))
    assert.deepEqual((await step({ ...after, serving: leaf }, end)).previous, [])
  })

  test('property: over seven years, whoever was told last accepts the server at any time', async () => {
    const days = fc.array(fc.tuple(fc.double({ min: 0.001, max: 20, noNaN: true }), fc.boolean()), {
      minLength: 40,
      maxLength: 60,
    })
    await fc.assert(
      fc.asyncProperty(days, async (steps) => {
        let bundle = await step(undefined, 0)
        let told = trusted(bundle)
        let now = 0
        for (let i = 0; now < 7 * 365 * DAY; i++) {
          const [days, tells] = steps[i % steps.length]!
          now += days * DAY
          // Somebody who is told at least every 20 days.
          if (tells || days > 10) told = trusted(bundle)
          bundle = await step(bundle, now, told === trusted(bundle))
          if (!accepts(told, bundle, at(now))) return false
        }
        return true
      }),
      { numRuns: 2 },
    )
  })
})

describe('the Secret', () => {
  test('holds a bundle that can be read back, whole', async () => {
    const first = await step(undefined, 0)
    const old = await issueAuthority('old', 10, START)
    for (const bundle of [first, { ...first, next: old }, { ...first, previous: [old.cert.trim()] }]) {
      const read = parseBundle({ metadata: {}, data: encodeBundle(bundle) })
      assert.deepEqual(read, bundle)
    }
  })

  const broken: [string, (data: Record<string, string>) => object][] = [
    ['nothing', () => ({})],
    ['half of it', (data) => ({ ...data, 'tls.crt': '' })],
    ['no base64', (data) => ({ ...data, 'tls.key': '!!!' })],
    ['keys of something else', (data) => ({ ...data, 'tls.key': data['authority.key']! })],
    ['a certificate cut short', (data) => ({ ...data, 'authority.crt': data['authority.crt']!.slice(0, 100) })],
  ]
  for (const [name, damage] of broken)
    test(`with ${name} is none`, async () => {
      const data = encodeBundle(await step(undefined, 0))
      assert.equal(parseBundle({ metadata: {}, data: damage(data) as Record<string, string> }), undefined)
    })
})

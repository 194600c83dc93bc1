// One request for far more than fits into memory: it is answered whole, and nobody else waits for it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { residentMemory } from '../../bench/process.ts'
import { startStandalone, type Standalone } from '../support/standalone.ts'

const API = '/apis/image.openshift.io/v1/namespaces/default'
const TAGS = 2_300
/** Each tag shows those of its stream: 552 MB in all, and no string in Node can be longer than 537 MB. */
const ANNOTATIONS = 240_000
/** Milliseconds in which others are answered, also on a machine that does a lot else. */
const QUICK = 1_000
/** Milliseconds between two of them. */
const PAUSE = 20
/** Megabytes that a server may take: a pod has 1 GiB (deploy). */
const MOST = 600

const as = (kind: string) => `application/json;as=${kind};v=v1;g=meta.k8s.io`
const ANSWERS: [what: string, accept: string, query: string, end: RegExp][] = [
  ['JSON', 'application/json', '', /\]\}\n$/],
  ['YAML', 'application/yaml', '', /\}\n$/],
  ['a Table', as('Table'), '', /\]\}\n$/],
  ['a Table of objects', as('Table'), '?includeObject=Object', /\]\}\n$/],
  ['metadata', as('PartialObjectMetadataList'), '', /\]\}\n$/],
]

describe('answers of 552 MB', { skip: process.platform !== 'linux' && 'memory is read from /proc' }, () => {
  let server: Standalone
  let agent: Agent
  before(async () => {
    server = await startStandalone()
    agent = new Agent({ connect: { ca: server.own.ca, ...server.admin } })
    const from = { kind: 'DockerImage', name: 'quay.io/acme/web:1' }
    const tags = Array.from({ length: TAGS }, (_, i) => ({ name: `t${i}`, from, reference: true }))
    const metadata = { name: 'many', annotations: { filler: 'x'.repeat(ANNOTATIONS) } }
    const answer = await server.call('POST', `${API}/imagestreams`, { metadata, spec: { tags } })
    assert.equal(answer.status, 201, answer.text.slice(0, 500))
  })
  after(async () => {
    await agent?.close()
    await server?.stop()
  })

  for (const [what, accept, query, end] of ANSWERS)
    test(what, async () => {
      const whole = read(accept, query)
      const others = askOthers(whole)
      const { bytes, names, last } = await whole
      const { longest, memory, asked } = await others
      assert.equal(names, TAGS)
      assert.ok(bytes > TAGS * ANNOTATIONS)
      assert.match(last, end)
      assert.ok(longest < QUICK, `others waited up to ${longest.toFixed()} ms`)
      assert.ok(memory < MOST, `${memory.toFixed()} MB`)
      assert.ok(asked > 5)
    })

  /** Reads it as fast as it comes, and keeps nothing of it but how often a tag is named in it. */
  async function read(accept: string, query: string): Promise<{ bytes: number; names: number; last: string }> {
    const url = `${server.url}${API}/imagetags${query}`
    const { statusCode, body } = await request(url, { dispatcher: agent, headers: { accept } })
    assert.equal(statusCode, 200)
    const seen = { bytes: 0, names: 0, last: '' }
    for await (const piece of body as AsyncIterable<Buffer>) {
      seen.bytes += piece.length
      const text = seen.last + piece.toString('latin1')
      seen.names += text.split(NAME).length - 1
      // Half a name may be at its end, and no whole one.
      seen.last = text.slice(Math.max(text.length - NAME.length + 1, text.lastIndexOf(NAME) + 1))
    }
    return seen
  }

  /** Asks for something else, one after the other, until that is done. */
  async function askOthers(whole: Promise<unknown>): Promise<{ longest: number; memory: number; asked: number }> {
    const end = new AbortController()
    void whole.catch(() => undefined).finally(() => end.abort())
    const worst = { longest: 0, memory: 0, asked: 0 }
    while (!end.signal.aborted) {
      const started = performance.now()
      const { statusCode, body } = await request(`${server.url}${API}/imagetags/many:t7`, { dispatcher: agent })
      assert.equal(statusCode, 200)
      await body.arrayBuffer()
      worst.longest = Math.max(worst.longest, performance.now() - started)
      worst.memory = Math.max(worst.memory, await residentMemory(server.pid))
      worst.asked++
      await setTimeout(PAUSE)
    }
    return worst
  }
})

/** What names a tag once in each of these answers. */
const NAME = '"name":"many:t'

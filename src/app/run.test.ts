import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { runStandalone, type StandaloneRun } from './run.ts'

let directory: string
let count = 0
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-run-'))
})
after(() => rm(directory, { recursive: true }))

function begin(options: Partial<StandaloneRun> = {}) {
  const stdout = new PassThrough({ encoding: 'utf8' })
  const stderr = new PassThrough({ encoding: 'utf8' })
  const signals = new EventEmitter()
  const dataDir = join(directory, String(count++), 'data')
  const exit = runStandalone({ port: 0, dataDir, logLevel: 'warn', env: {}, ...options, stdout, stderr, signals })
  return { stdout, stderr, signals, dataDir, exit }
}

const refused = async (options: Partial<StandaloneRun>): Promise<string> => {
  const { exit, stdout, stderr } = begin(options)
  assert.equal(await exit, 1)
  assert.equal(stdout.read(), null)
  const text = String(stderr.read())
  assert.match(text, /^error: [^\n]+\n$/)
  return text
}

async function ask(url: string, path: string, headers = {}): Promise<number | undefined> {
  const asked = request(`${url}${path}`, { rejectUnauthorized: false, headers, agent: false }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

describe('running standalone', () => {
  it('takes webhooks where it is told to', async () => {
    const receivers = [{ name: 'ci', sender: 'generic', secret: '0123456789abcdef' }] as const
    const { stdout, signals, exit } = begin({ receivers })
    const [printed] = (await once(stdout, 'data')) as [string]
    const url = /https:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? ''
    // Deliveries are posted; where there is no receiver, nothing is.
    assert.deepEqual([await ask(url, '/hooks/ci'), await ask(url, '/hooks/other')], [405, 404])
    signals.emit('SIGTERM')
    assert.equal(await exit, 0)
  })

  it('prints where it is when it answers, and ends with 0 at a signal', async () => {
    const { stdout, stderr, signals, dataDir, exit } = begin()
    const [printed] = (await once(stdout, 'data')) as [string]
    const url = /https:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? ''
    assert.ok(printed.includes(`export KUBECONFIG=${dataDir}/kubeconfig\n`), printed)
    assert.equal(await ask(url, '/readyz'), 200)
    assert.equal(await ask(url, '/api'), 401)
    const token = (await readFile(join(dataDir, 'token'), 'utf8')).trim()
    assert.equal(await ask(url, '/api', { authorization: `Bearer ${token}` }), 200)
    signals.emit('SIGTERM')
    assert.equal(await exit, 0)
    assert.equal(stderr.read(), null)
    await assert.rejects(ask(url, '/readyz'), { code: 'ECONNREFUSED' })
  })

  it('refuses a data directory or a port that another one has, and leaves that one alone', async () => {
    const { stdout, signals, dataDir, exit } = begin()
    const [printed] = (await once(stdout, 'data')) as [string]
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(printed)?.[1])
    assert.match(await refused({ dataDir }), /another millrace uses this data directory/)
    assert.match(await refused({ port }), new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken`))
    assert.equal(await ask(`https://127.0.0.1:${port}`, '/readyz'), 200)
    signals.emit('SIGINT')
    assert.equal(await exit, 0)
  })

  it('refuses a data directory that is none, and a log level that is none', async () => {
    const file = join(directory, 'file')
    await writeFile(file, '')
    assert.match(await refused({ dataDir: file }), /is not a directory: choose another with --data-dir/)
    assert.match(await refused({ dataDir: join(file, 'below') }), /is not a directory/)
    assert.match(await refused({ logLevel: 'loud' }), /no log level "loud": choose debug, info, warn, error/)
  })
})

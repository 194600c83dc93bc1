// Debian's docker-registry as a child process on a free loopback port, with its data in a directory of its own.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './freePort.ts'
import { exitWhenInterrupted } from './interruption.ts'

export { pushImage, pushIndex, type ImageOptions, type Pushed } from './images.ts'

export interface TestRegistry {
  /** host:port; it speaks plain HTTP and accepts pushes from anyone. */
  host: string
  stop(): Promise<void>
}

/** How long the registry may take to answer, in milliseconds; it took 50 when measured. */
const READY_LIMIT = 15_000

/** Quiet; deletion allowed. */
const config = (host: string, directory: string) => `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: ${JSON.stringify(directory)} }
  delete: { enabled: true }
  cache: { blobdescriptor: inmemory }
  maintenance: { uploadpurging: { enabled: false } }
http: { addr: "${host}" }
`

exitWhenInterrupted()

/** Starts a registry; fails with the end of its output when it does not come up. */
export async function startRegistry(): Promise<TestRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-'))
  const host = `127.0.0.1:${await freePort()}`
  const file = join(directory, 'config.yml')
  await writeFile(file, config(host, join(directory, 'data')))
  const env = { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' }
  const child = spawn('docker-registry', ['serve', file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const remember = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2000)
  }
  child.stdout.on('data', remember)
  child.stderr.on('data', remember)
  let ended: Error | undefined
  const exit = new Promise<void>((resolve) => {
    child.once('error', (error) => resolve(void (ended = error)))
    child.once('exit', (code, signal) => resolve(void (ended ??= new Error(`ended with ${code ?? signal}`))))
  })
  // Who dies must not leave the registry behind, nor its data.
  const kill = () => {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  }
  process.once('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    child.kill('SIGKILL')
    await exit
    await rm(directory, { recursive: true, force: true })
  }
  const deadline = Date.now() + READY_LIMIT
  while (!(await answers(host))) {
    if (ended || Date.now() > deadline) {
      const why = ended?.message ?? 'does not answer'
      await stop()
      throw new Error(`docker-registry: ${why}\n${output}`)
    }
    await delay(10)
  }
  return { host, stop }
}

async function answers(host: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}/v2/`)
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

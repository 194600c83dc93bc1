// A standalone server for the benchmarks of scheduled imports and of pushes, with a receiver of webhooks.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainRequest } from '../../test/support/plainRequest.ts'
import { startStandalone } from '../../test/support/standalone.ts'
import { connect } from '../client.ts'
import type { Row } from '../table.ts'
import { CONCURRENCY, IMAGE_API } from '../world.ts'
import { benchPushed } from './pushed.ts'
import { benchScheduled, type ScheduledWorld } from './scheduled.ts'

/** Each on a server of its own. */
export async function benchSchedules(): Promise<Row[]> {
  const deployments = '/apis/apps/v1/namespaces/default/deployments'
  const pushed = await onServer((world) => benchPushed({ ...world, deployments }))
  return [...(await onServer(benchScheduled)), ...pushed]
}

async function onServer(bench: (world: ScheduledWorld) => Promise<Row[]>): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'))
  const secret = randomBytes(24).toString('hex')
  const file = join(directory, 'secret')
  await writeFile(file, secret, { mode: 0o600 })
  const server = await startStandalone(['--receiver', `bench=generic,secret-file=${file}`])
  const client = connect(server.kubeconfig, CONCURRENCY)
  const deliver = async (repositories: readonly string[]): Promise<void> => {
    const body = repositories.map((repository) => ({ repository }))
    const headers = { authorization: `Bearer ${secret}` }
    const answer = await plainRequest(server.own, {}, { method: 'POST', path: '/hooks/bench', body, headers })
    if (answer.status !== 202) throw new Error(`the webhook was answered ${answer.status}: ${answer.text}`)
  }
  try {
    return await bench({ client, api: IMAGE_API, pid: server.pid, deliver })
  } finally {
    await client.close()
    await server.stop()
    await rm(directory, { recursive: true })
  }
}

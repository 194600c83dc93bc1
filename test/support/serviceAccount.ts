// A kubeconfig of a ServiceAccount: what a pod can do, without a pod.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlPlane } from './controlPlane.ts'

/** Writes one with a token for an hour, and gives its path. */
export async function kubeconfigOf(plane: ControlPlane, namespace: string, account: string): Promise<string> {
  const { stdout } = await plane.kubectl.try('create', 'token', account, '-n', namespace, '--duration=1h')
  const config = JSON.parse(readFileSync(plane.kubeconfig, 'utf8')) as { users: { user: object }[] }
  config.users[0]!.user = { token: stdout.trim() }
  const file = join(plane.directory, `${account}.kubeconfig`)
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

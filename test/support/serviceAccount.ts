// A kubeconfig of a ServiceAccount: what a pod can do, without a pod.
import { join } from 'node:path'
import type { ControlPlane } from './controlPlane.ts'
import { writeWithToken } from './kubeconfig.ts'

/** Writes one with a token for an hour, and gives its path. */
export async function kubeconfigOf(plane: ControlPlane, namespace: string, account: string): Promise<string> {
  const { stdout } = await plane.kubectl.try('create', 'token', account, '-n', namespace, '--duration=1h')
  return writeWithToken(plane.kubeconfig, stdout.trim(), join(plane.directory, `${account}.kubeconfig`))
}

// The account that server and client work as: a ServiceAccount with a token, as a pod has. A kube-apiserver remembers whose a token is;
// the certificate of an administrator it verifies with each request, for a seventh of all that it does while images are imported.
import { join } from 'node:path'
import { writeWithToken } from '../../test/support/kubeconfig.ts'
import { connect } from '../client.ts'

const RBAC = 'rbac.authorization.k8s.io'
const BINDINGS = `/apis/${RBAC}/v1/clusterrolebindings`
/** Seconds. */
const VALID = 2 * 3600

export interface Account {
  /** Path. */
  readonly kubeconfig: string
  /** Takes its rights back. */
  remove(): Promise<void>
}

/** Makes one of the rights of an administrator, of that name and in the namespace of that name; its kubeconfig lies in `directory`. */
export async function createAccount(kubeconfig: string, name: string, directory: string): Promise<Account> {
  const administrator = connect(kubeconfig, 1)
  const accounts = `/api/v1/namespaces/${name}/serviceaccounts`
  await administrator.send('POST', accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })
  await administrator.send('POST', BINDINGS, {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name, namespace: name }],
  })
  const { status } = await administrator.send<{ status: { token: string } }>('POST', `${accounts}/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: VALID },
  })
  return {
    kubeconfig: writeWithToken(kubeconfig, status.token, join(directory, 'kubeconfig')),
    async remove() {
      await administrator.send('DELETE', `${BINDINGS}/${name}`)
      await administrator.close()
    },
  }
}

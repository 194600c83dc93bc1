// What has to be written into a kubeconfig so that another namespace becomes the current one: the same entries, under the
// same names, as `oc project` writes, so that both find what the other has made.
import type { Cluster, Context, User } from '@kubernetes/client-node/dist/config_types.js'
import type { Access } from './access.ts'
import type { Kubeconfig } from './kubeconfigFiles.ts'

/** Entries of a kubeconfig, each with the name under which it is looked for, and the name of the current context. */
export interface ContextSwitch {
  current: string
  clusters?: { name: string; cluster: object }
  users?: { name: string; user: object }
  contexts?: { name: string; context: object }
}

/** The name of a context that somebody switched to by a namespace: namespace, cluster, and who the user is there. */
export function contextNickname({ namespace, cluster, user }: Omit<Context, 'name'>): string {
  return `${namespace ?? ''}/${cluster}/${user.split('/', 1)[0]}`
}

/** Makes a context current that is there. */
export function switchToContext(context: Context): ContextSwitch {
  return { current: context.name }
}

/**
 * Makes `namespace` current on the cluster and as the user of `access`, who is called `userName` there: by the context that
 * says just that, or by a new one.
 */
export function switchToNamespace(
  config: Kubeconfig,
  access: Access,
  userName: string,
  namespace: string,
): { context: Context; change: ContextSwitch } {
  const cluster = clusterNickname(access.cluster.server)
  const wanted = { cluster, user: `${userName}/${cluster}`, namespace }
  const known = config.contexts.find(
    (c) => c.cluster === wanted.cluster && c.user === wanted.user && c.namespace === namespace,
  )
  const context = known ?? { name: contextNickname(wanted), ...wanted }
  return {
    context,
    change: {
      current: context.name,
      clusters: { name: wanted.cluster, cluster: clusterEntry(access.cluster) },
      users: { name: wanted.user, user: userEntry(access.user) },
      ...(!known && { contexts: { name: context.name, context: wanted } }),
    },
  }
}

/** Host and port of a server, without dots: they would be read as separators of a path. */
function clusterNickname(server: string): string {
  const { host, port, protocol } = new URL(server)
  return (port ? host : `${host}:${protocol === 'https:' ? 443 : 80}`).replaceAll('.', '-')
}

function clusterEntry({ server, caData, caFile, tlsServerName, skipTLSVerify, proxyUrl }: Cluster): object {
  return {
    ...(caFile ? { 'certificate-authority': caFile } : caData && { 'certificate-authority-data': caData }),
    ...(skipTLSVerify && { 'insecure-skip-tls-verify': true }),
    ...(proxyUrl && { 'proxy-url': proxyUrl }),
    server,
    ...(tlsServerName && { 'tls-server-name': tlsServerName }),
  }
}

function userEntry(user: User): object {
  const provider = user.authProvider as { name?: string; config?: { tokenFile?: string } } | null | undefined
  const tokenFile = provider?.name === 'tokenFile' ? provider.config?.tokenFile : undefined
  return {
    ...(user.impersonateUser && { as: user.impersonateUser }),
    ...(provider && !tokenFile && { 'auth-provider': provider }),
    ...(user.certFile
      ? { 'client-certificate': user.certFile }
      : user.certData && { 'client-certificate-data': user.certData }),
    ...(user.keyFile ? { 'client-key': user.keyFile } : user.keyData && { 'client-key-data': user.keyData }),
    ...(user.exec && { exec: user.exec as object }),
    ...(user.password && { password: user.password }),
    ...(user.token && { token: user.token }),
    ...(tokenFile && { tokenFile }),
    ...(user.username && { username: user.username }),
  }
}

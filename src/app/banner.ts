import { fileURLToPath } from 'node:url'
import { relative } from 'node:path'

const PROGRAM = fileURLToPath(new URL('../../bin/millrace', import.meta.url))

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** What standalone prints when it is ready: where it is, how to reach it, what to try first. */
export function banner(server: { url: string; kubeconfig: string }, workingDirectory: string): string {
  const near = relative(workingDirectory, PROGRAM)
  const millrace = shellWord(near.startsWith('..') ? PROGRAM : near)
  return `Millrace is ready on ${server.url}. Ctrl-C stops it, and nothing is lost.

  export KUBECONFIG=${shellWord(server.kubeconfig)}

In another terminal, after that line, try

  ${millrace} import-image busybox --from docker.io/library/busybox --confirm
  kubectl get imagestreamtags
  kubectl explain imagestream.spec.tags

Containers are simulated here: Deployments roll, but nothing runs.
`
}

/** What a server behind an aggregator prints when it is ready; an external one, when the cluster reaches it. */
export function aggregatedBanner(
  placement: { is: 'installed' } | { is: 'external'; host: string; port: number },
): string {
  if (placement.is === 'installed') return 'Millrace serves the image streams of this cluster.\n'
  const { host, port } = placement
  return `Millrace serves the image streams of this cluster, from https://${host}:${port}. Ctrl-C takes that back; the streams stay.
`
}

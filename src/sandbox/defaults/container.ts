// Defaults of containers, as kube-apiserver sets them: applying the same manifest twice must be no change.
import type { Container } from '../types/container.ts'
import type { Probe } from '../types/probe.ts'

const TERMINATION_LOG = '/dev/termination-log'

/** The tag of an image reference: 'latest' when there is neither tag nor digest, '' when there is only a digest or no image. */
function tagOf(image: string): string {
  const [name = '', digest] = image.split('@', 2)
  if (!/^[a-zA-Z0-9][\w.:/-]*$/.test(name)) return ''
  const colon = name.lastIndexOf(':')
  if (colon > name.lastIndexOf('/')) return name.slice(colon + 1)
  return digest === undefined ? 'latest' : ''
}

/** Always for the tag latest, else IfNotPresent. */
export function pullPolicyOf(image: string): string {
  return tagOf(image) === 'latest' ? 'Always' : 'IfNotPresent'
}

interface HttpGet {
  path?: string
  scheme?: string
}
const defaultHttpGet = (action: HttpGet | undefined): void => {
  if (!action) return
  action.path ||= '/'
  action.scheme ||= 'HTTP'
}

function defaultProbe(probe: Probe | undefined): void {
  if (!probe) return
  defaultHttpGet(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
}

/** Fills one container; `hostNetwork` makes every port a port of the node. */
export function defaultContainer(container: Container, hostNetwork: boolean): void {
  container.imagePullPolicy ||= pullPolicyOf(container.image ?? '')
  container.terminationMessagePath ||= TERMINATION_LOG
  container.terminationMessagePolicy ||= 'File'
  for (const port of container.ports ?? []) {
    port.protocol ||= 'TCP'
    if (hostNetwork) port.hostPort ||= port.containerPort
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1'
    if (valueFrom?.resourceFieldRef) valueFrom.resourceFieldRef.divisor ||= '0'
  }
  defaultProbe(container.livenessProbe)
  defaultProbe(container.readinessProbe)
  defaultProbe(container.startupProbe)
  defaultHttpGet(container.lifecycle?.postStart?.httpGet)
  defaultHttpGet(container.lifecycle?.preStop?.httpGet)
}

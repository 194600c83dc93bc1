// Probes and lifecycle hooks of containers.
import { int32, int64, intOrString, list, object, opt, pointer, str, type Static } from '../../core/machinery/schema.ts'
import { CORE } from './reference.ts'

const ExecAction = object(`${CORE}.ExecAction`, 'Runs a command in the container.', {
  command: opt(list(str(), 'The command and its arguments; no shell.', { listType: 'atomic' })),
})

const HTTPHeader = object(`${CORE}.HTTPHeader`, 'A header of a request.', {
  name: str('Name of the header.', { mandatory: true }),
  value: str('Value of the header.', { mandatory: true }),
})

const HTTPGetAction = object(`${CORE}.HTTPGetAction`, 'Sends an HTTP GET.', {
  path: opt(str('Path to get.')),
  port: intOrString('Number or name of the port.', { mandatory: true }),
  host: opt(str('Host to connect to; the pod by default.')),
  scheme: opt(str('HTTP or HTTPS.', { default: 'HTTP' })),
  httpHeaders: opt(list(HTTPHeader, 'Headers to send.', { listType: 'atomic' })),
})

const TCPSocketAction = object(`${CORE}.TCPSocketAction`, 'Opens a TCP connection.', {
  port: intOrString('Number or name of the port.', { mandatory: true }),
  host: opt(str('Host to connect to; the pod by default.')),
})

const GRPCAction = object(`${CORE}.GRPCAction`, 'Calls the gRPC health service.', {
  port: int32('Number of the port.', { mandatory: true }),
  service: pointer(str('Name of the service to ask for.', { default: '' })),
})

const SleepAction = object(`${CORE}.SleepAction`, 'Waits.', {
  seconds: int64('Seconds to wait.', { mandatory: true }),
})

export const Probe = object(`${CORE}.Probe`, 'How to find out whether a container is alive or ready.', {
  exec: pointer(ExecAction),
  httpGet: pointer(HTTPGetAction),
  tcpSocket: pointer(TCPSocketAction),
  grpc: pointer(GRPCAction),
  initialDelaySeconds: opt(int32('Seconds before the first probe.')),
  timeoutSeconds: opt(int32('Seconds until a probe counts as failed.', { default: 1 })),
  periodSeconds: opt(int32('Seconds between probes.', { default: 10 })),
  successThreshold: opt(int32('Successes in a row that make a container good again.', { default: 1 })),
  failureThreshold: opt(int32('Failures in a row that make a container bad.', { default: 3 })),
  terminationGracePeriodSeconds: pointer(int64("Overrides the pod's grace period when this probe fails.")),
})
export type Probe = Static<typeof Probe>

const LifecycleHandler = object(`${CORE}.LifecycleHandler`, 'What a hook does.', {
  exec: pointer(ExecAction),
  httpGet: pointer(HTTPGetAction),
  tcpSocket: pointer(TCPSocketAction),
  sleep: pointer(SleepAction),
})

export const Lifecycle = object(`${CORE}.Lifecycle`, "Hooks of a container's life.", {
  postStart: pointer(LifecycleHandler),
  preStop: pointer(LifecycleHandler),
})
export type Lifecycle = Static<typeof Lifecycle>

// Containers: what to run.
import {
  bool,
  field,
  int32,
  list,
  map,
  object,
  opt,
  pointer,
  quantity,
  str,
  type Static,
} from '../../core/machinery/schema.ts'
import { Lifecycle, Probe } from './probe.ts'
import {
  ConfigMapKeySelector,
  CORE,
  ObjectFieldSelector,
  ResourceFieldSelector,
  SecretKeySelector,
} from './reference.ts'
import { SecurityContext } from './security.ts'

export const ContainerPort = object(`${CORE}.ContainerPort`, 'A port that a container listens on.', {
  name: opt(str('Name that services can use.')),
  hostPort: opt(int32('Port of the node that leads here.')),
  containerPort: int32('Number of the port.', { mandatory: true }),
  protocol: opt(str('TCP, UDP or SCTP.', { default: 'TCP' })),
  hostIP: opt(str('Address of the node to bind.')),
})
export type ContainerPort = Static<typeof ContainerPort>

const EnvVarSource = object(`${CORE}.EnvVarSource`, 'Where a value comes from.', {
  fieldRef: pointer(ObjectFieldSelector),
  resourceFieldRef: pointer(ResourceFieldSelector),
  configMapKeyRef: pointer(ConfigMapKeySelector),
  secretKeyRef: pointer(SecretKeySelector),
})

export const EnvVar = object(`${CORE}.EnvVar`, 'An environment variable.', {
  name: str('Name of the variable.', { mandatory: true }),
  value: opt(str('Its value; $(NAME) is replaced by the value of another one.')),
  valueFrom: pointer(EnvVarSource),
})
export type EnvVar = Static<typeof EnvVar>

const source = (what: string) => ({
  name: opt(str(`Name of the ${what}.`, { default: '' })),
  optional: pointer(bool(`The ${what} may be missing.`)),
})
const EnvFromSource = object(`${CORE}.EnvFromSource`, 'All keys of a ConfigMap or Secret as variables.', {
  prefix: opt(str('Put in front of every name.')),
  configMapRef: pointer(
    object(`${CORE}.ConfigMapEnvSource`, 'A ConfigMap whose keys become variables.', source('ConfigMap')),
  ),
  secretRef: pointer(object(`${CORE}.SecretEnvSource`, 'A Secret whose keys become variables.', source('Secret'))),
})

const ResourceClaim = object(`${CORE}.ResourceClaim`, 'Uses a claim of the pod.', {
  name: str("Name of an entry of the pod's resourceClaims.", { mandatory: true }),
  request: opt(str('One request of the claim; all by default.')),
})

export const ResourceRequirements = object(`${CORE}.ResourceRequirements`, 'CPU, memory and other things needed.', {
  limits: opt(map(quantity(), 'The most that may be used.')),
  requests: opt(map(quantity(), 'What is set aside.')),
  claims: opt(list(ResourceClaim, 'Claims that are used.', { listType: 'map', listMapKeys: ['name'] })),
})
export type ResourceRequirements = Static<typeof ResourceRequirements>

const ResizePolicy = object(`${CORE}.ContainerResizePolicy`, 'What a change of a resource does.', {
  resourceName: str('cpu or memory.', { mandatory: true }),
  restartPolicy: str('NotRequired or RestartContainer.', { mandatory: true }),
})

const VolumeMount = object(`${CORE}.VolumeMount`, 'Where a volume shows up in the container.', {
  name: str('Name of the volume.', { mandatory: true }),
  readOnly: opt(bool('The container cannot write.')),
  recursiveReadOnly: pointer(str('Disabled, IfPossible or Enabled.')),
  mountPath: str('Path in the container.', { mandatory: true }),
  subPath: opt(str('Path in the volume.')),
  mountPropagation: pointer(str('None, HostToContainer or Bidirectional.')),
  subPathExpr: opt(str('Path in the volume with $(NAME) replaced.')),
})

const VolumeDevice = object(`${CORE}.VolumeDevice`, 'A raw block device in the container.', {
  name: str('Name of a volume of a claim.', { mandatory: true }),
  devicePath: str('Path of the device.', { mandatory: true }),
})

const common = {
  name: str('Name, unique in the pod.', { mandatory: true }),
  image: opt(str('The image to run.')),
  command: opt(list(str(), "Replaces the image's entrypoint.", { listType: 'atomic' })),
  args: opt(list(str(), "Replaces the image's arguments.", { listType: 'atomic' })),
  workingDir: opt(str('Directory to start in.')),
  ports: opt(
    list(ContainerPort, 'Ports that are listened on.', {
      mergeKey: 'containerPort',
      listType: 'map',
      listMapKeys: ['containerPort', 'protocol'],
    }),
  ),
  envFrom: opt(list(EnvFromSource, 'Sources of many variables.', { listType: 'atomic' })),
  env: opt(list(EnvVar, 'Environment variables.', { mergeKey: 'name', listType: 'map', listMapKeys: ['name'] })),
  resources: field(ResourceRequirements, 'CPU, memory and other things needed.'),
  resizePolicy: opt(list(ResizePolicy, 'What a change of resources does.', { listType: 'atomic' })),
  restartPolicy: pointer(str('Always makes an init container a sidecar.')),
  volumeMounts: opt(
    list(VolumeMount, 'Volumes in the file system.', {
      mergeKey: 'mountPath',
      listType: 'map',
      listMapKeys: ['mountPath'],
    }),
  ),
  volumeDevices: opt(
    list(VolumeDevice, 'Volumes as devices.', { mergeKey: 'devicePath', listType: 'map', listMapKeys: ['devicePath'] }),
  ),
  livenessProbe: pointer(Probe),
  readinessProbe: pointer(Probe),
  startupProbe: pointer(Probe),
  lifecycle: pointer(Lifecycle),
  terminationMessagePath: opt(str('File whose content becomes the message of the end.')),
  terminationMessagePolicy: opt(str('File or FallbackToLogsOnError.')),
  imagePullPolicy: opt(str('Always, IfNotPresent or Never.')),
  securityContext: pointer(SecurityContext),
  stdin: opt(bool('Keep stdin open.')),
  stdinOnce: opt(bool('Close stdin after the first attach.')),
  tty: opt(bool('Give the container a terminal.')),
}

/** A container of a pod. */
export const Container = object(`${CORE}.Container`, 'A container of a pod.', common)
export type Container = Static<typeof Container>

export const EphemeralContainer = object(`${CORE}.EphemeralContainer`, 'A container added to a running pod.', {
  ...common,
  targetContainerName: opt(str('Container whose namespaces are shared.')),
})

// What is known of a running pod.
import {
  bool,
  int32,
  int64,
  list,
  map,
  nullable,
  object,
  opt,
  pointer,
  quantity,
  str,
  time,
  field,
  type Static,
} from '../../core/machinery/schema.ts'
import { ResourceRequirements } from './container.ts'
import { CORE } from './reference.ts'

const byType = { mergeKey: 'type', listType: 'map', listMapKeys: ['type'] } as const

/** A condition of a pod; without lastProbeTime the same as those of the workloads. */
export const PodCondition = object(`${CORE}.PodCondition`, 'A condition of a pod.', {
  type: str('PodScheduled, Initialized, ContainersReady, Ready and others.', { mandatory: true }),
  status: str('True, False or Unknown.', { mandatory: true }),
  lastProbeTime: nullable(time('Last check.')),
  lastTransitionTime: nullable(time('Last change of the status.')),
  reason: opt(str('Why, in one word.')),
  message: opt(str('Why, in words.')),
})
export type PodCondition = Static<typeof PodCondition>

const waiting = object(`${CORE}.ContainerStateWaiting`, 'The container has not started.', {
  reason: opt(str('Why, in one word.')),
  message: opt(str('Why, in words.')),
})
const running = object(`${CORE}.ContainerStateRunning`, 'The container runs.', {
  startedAt: nullable(time('Since when.')),
})
const terminated = object(`${CORE}.ContainerStateTerminated`, 'The container has ended.', {
  exitCode: int32('Exit status.', { mandatory: true }),
  signal: opt(int32('Signal that ended it.')),
  reason: opt(str('Why, in one word.')),
  message: opt(str('Why, in words.')),
  startedAt: nullable(time('When it started.')),
  finishedAt: nullable(time('When it ended.')),
  containerID: opt(str('ID of the container.')),
})

export const ContainerState = object(`${CORE}.ContainerState`, 'Exactly one of three states.', {
  waiting: pointer(waiting),
  running: pointer(running),
  terminated: pointer(terminated),
})
export type ContainerState = Static<typeof ContainerState>

const VolumeMountStatus = object(`${CORE}.VolumeMountStatus`, 'A mounted volume.', {
  name: str('Name of the volume.', { mandatory: true }),
  mountPath: str('Path in the container.', { mandatory: true }),
  readOnly: opt(bool('Mounted read-only.')),
  recursiveReadOnly: pointer(str('Disabled or Enabled.')),
})

const ResourceHealth = object(`${CORE}.ResourceHealth`, 'Health of a device.', {
  resourceID: str('ID of the device.', { mandatory: true }),
  health: opt(str('Healthy, Unhealthy or Unknown.')),
})
const ResourceStatus = object(`${CORE}.ResourceStatus`, 'Health of the devices of a resource.', {
  name: str('Name of the resource.', { mandatory: true }),
  resources: opt(list(ResourceHealth, 'The devices.', { listType: 'map', listMapKeys: ['resourceID'] })),
})

const ContainerUser = object(`${CORE}.ContainerUser`, 'Whom the container runs as.', {
  linux: pointer(
    object(`${CORE}.LinuxContainerUser`, 'Identity on Linux.', {
      uid: int64('UID.', { mandatory: true }),
      gid: int64('GID.', { mandatory: true }),
      supplementalGroups: opt(list(int64(), 'Further GIDs.', { listType: 'atomic' })),
    }),
  ),
})

export const ContainerStatus = object(`${CORE}.ContainerStatus`, 'What is known of a container.', {
  name: str('Name of the container.', { mandatory: true }),
  state: field(ContainerState, 'Its state.'),
  lastState: field(ContainerState, 'The state before the last restart.'),
  ready: bool('It answers.', { mandatory: true }),
  restartCount: int32('How often it was started again.', { mandatory: true }),
  image: str('Image that runs.', { mandatory: true }),
  imageID: str('Image with digest.', { mandatory: true }),
  containerID: opt(str('ID of the container.')),
  started: pointer(bool('The startup probe has passed.')),
  allocatedResources: opt(map(quantity(), 'Resources that are set aside.')),
  resources: pointer(ResourceRequirements),
  volumeMounts: opt(
    list(VolumeMountStatus, 'Mounted volumes.', { mergeKey: 'mountPath', listType: 'map', listMapKeys: ['mountPath'] }),
  ),
  user: pointer(ContainerUser),
  allocatedResourcesStatus: opt(
    list(ResourceStatus, 'Health of devices.', { mergeKey: 'name', listType: 'map', listMapKeys: ['name'] }),
  ),
})
export type ContainerStatus = Static<typeof ContainerStatus>

const ip = (name: string, description: string) =>
  object(`${CORE}.${name}`, description, { ip: str('The address.', { mandatory: true }) })
const statuses = (description: string) => opt(list(ContainerStatus, description, { listType: 'atomic' }))

const PodResourceClaimStatus = object(`${CORE}.PodResourceClaimStatus`, 'The claim that was made.', {
  name: str('Name of the entry.', { mandatory: true }),
  resourceClaimName: pointer(str('Name of the claim.')),
})

export const PodStatus = object(`${CORE}.PodStatus`, 'What is known of a pod.', {
  phase: opt(str('Pending, Running, Succeeded, Failed or Unknown.')),
  conditions: opt(list(PodCondition, 'Conditions.', byType)),
  message: opt(str('Why, in words.')),
  reason: opt(str('Why, in one word.')),
  nominatedNodeName: opt(str('Node that is being cleared for it.')),
  hostIP: opt(str('Address of the node.')),
  hostIPs: opt(list(ip('HostIP', 'An address of the node.'), 'Addresses of the node.', { listType: 'atomic' })),
  podIP: opt(str('Address of the pod.')),
  podIPs: opt(
    list(ip('PodIP', 'An address of the pod.'), 'Addresses of the pod.', {
      mergeKey: 'ip',
      listType: 'map',
      listMapKeys: ['ip'],
    }),
  ),
  startTime: pointer(time('When the node took it.')),
  initContainerStatuses: statuses('Init containers.'),
  containerStatuses: statuses('Containers.'),
  qosClass: opt(str('Guaranteed, Burstable or BestEffort.')),
  ephemeralContainerStatuses: statuses('Ephemeral containers.'),
  resize: opt(str('Progress of a resize.')),
  resourceClaimStatuses: opt(
    list(PodResourceClaimStatus, 'Claims.', {
      patchStrategy: 'merge,retainKeys',
      mergeKey: 'name',
      listType: 'map',
      listMapKeys: ['name'],
    }),
  ),
})
export type PodStatus = Static<typeof PodStatus>

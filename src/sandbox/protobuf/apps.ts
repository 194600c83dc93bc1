// Field numbers of io.k8s.api.apps.v1, as numbers.ts reads them.
export const apps = {
  ControllerRevision: 'metadata data revision',
  DaemonSet: 'metadata spec status',
  DaemonSetSpec: 'selector template updateStrategy minReadySeconds _ revisionHistoryLimit',
  DaemonSetUpdateStrategy: 'type rollingUpdate',
  Deployment: 'metadata spec status',
  DeploymentSpec: `
    replicas selector template strategy minReadySeconds revisionHistoryLimit paused _ progressDeadlineSeconds`,
  DeploymentStrategy: 'type rollingUpdate',
  ReplicaSet: 'metadata spec status',
  ReplicaSetSpec: 'replicas selector template minReadySeconds',
  RollingUpdateDaemonSet: 'maxUnavailable maxSurge',
  RollingUpdateDeployment: 'maxUnavailable maxSurge',
  RollingUpdateStatefulSetStrategy: 'partition maxUnavailable',
  StatefulSet: 'metadata spec status',
  StatefulSetOrdinals: 'start',
  StatefulSetPersistentVolumeClaimRetentionPolicy: 'whenDeleted whenScaled',
  StatefulSetSpec: `
    replicas selector template volumeClaimTemplates serviceName podManagementPolicy updateStrategy
    revisionHistoryLimit minReadySeconds persistentVolumeClaimRetentionPolicy ordinals`,
  StatefulSetUpdateStrategy: 'type rollingUpdate',
}

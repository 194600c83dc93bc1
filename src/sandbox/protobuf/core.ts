// Field numbers of io.k8s.api.core.v1, as numbers.ts reads them.
export const core = {
  AWSElasticBlockStoreVolumeSource: 'volumeID fsType partition readOnly',
  Affinity: 'nodeAffinity podAffinity podAntiAffinity',
  AppArmorProfile: 'type localhostProfile',
  AzureDiskVolumeSource: 'diskName diskURI cachingMode fsType readOnly kind',
  AzureFileVolumeSource: 'secretName shareName readOnly',
  CSIVolumeSource: 'driver readOnly fsType volumeAttributes nodePublishSecretRef',
  Capabilities: 'add drop',
  CephFSVolumeSource: 'monitors path user secretFile secretRef readOnly',
  CinderVolumeSource: 'volumeID fsType readOnly secretRef',
  ClusterTrustBundleProjection: 'name signerName labelSelector path optional',
  ConfigMap: 'metadata data binaryData immutable',
  ConfigMapEnvSource: '>LocalObjectReference optional',
  ConfigMapKeySelector: '>LocalObjectReference key optional',
  ConfigMapProjection: '>LocalObjectReference items _ optional',
  ConfigMapVolumeSource: '>LocalObjectReference items defaultMode optional',
  Container: `
    name image command args workingDir ports env resources volumeMounts livenessProbe readinessProbe lifecycle
    terminationMessagePath imagePullPolicy securityContext stdin stdinOnce tty envFrom terminationMessagePolicy
    volumeDevices startupProbe resizePolicy restartPolicy`,
  ContainerPort: 'name hostPort containerPort protocol hostIP',
  ContainerResizePolicy: 'resourceName restartPolicy',
  DownwardAPIProjection: 'items',
  DownwardAPIVolumeFile: 'path fieldRef resourceFieldRef mode',
  DownwardAPIVolumeSource: 'items defaultMode',
  EmptyDirVolumeSource: 'medium sizeLimit',
  EnvFromSource: 'prefix configMapRef secretRef',
  EnvVar: 'name value valueFrom',
  EnvVarSource: 'fieldRef resourceFieldRef configMapKeyRef secretKeyRef',
  EphemeralContainer: '>EphemeralContainerCommon targetContainerName',
  EphemeralContainerCommon: `
    name image command args workingDir ports env resources volumeMounts livenessProbe readinessProbe lifecycle
    terminationMessagePath imagePullPolicy securityContext stdin stdinOnce tty envFrom terminationMessagePolicy
    volumeDevices startupProbe resizePolicy restartPolicy`,
  EphemeralVolumeSource: 'volumeClaimTemplate',
  Event: `
    metadata involvedObject reason message source firstTimestamp lastTimestamp count type eventTime series
    action related reportingComponent reportingInstance`,
  EventSeries: 'count lastObservedTime',
  EventSource: 'component host',
  ExecAction: 'command',
  FCVolumeSource: 'targetWWNs lun fsType readOnly wwids',
  FlexVolumeSource: 'driver fsType secretRef readOnly options',
  FlockerVolumeSource: 'datasetName datasetUUID',
  GCEPersistentDiskVolumeSource: 'pdName fsType partition readOnly',
  GRPCAction: 'port service',
  GitRepoVolumeSource: 'repository revision directory',
  GlusterfsVolumeSource: 'endpoints path readOnly',
  HTTPGetAction: 'path port host scheme httpHeaders',
  HTTPHeader: 'name value',
  HostAlias: 'ip hostnames',
  HostPathVolumeSource: 'path type',
  ISCSIVolumeSource: `
    targetPortal iqn lun iscsiInterface fsType readOnly portals chapAuthDiscovery _ secretRef chapAuthSession
    initiatorName`,
  ImageVolumeSource: 'reference pullPolicy',
  KeyToPath: 'key path mode',
  Lifecycle: 'postStart preStop',
  LifecycleHandler: 'exec httpGet tcpSocket sleep',
  LimitRange: 'metadata spec',
  LimitRangeItem: 'type max min default defaultRequest maxLimitRequestRatio',
  LimitRangeSpec: 'limits',
  LocalObjectReference: 'name',
  ModifyVolumeStatus: 'targetVolumeAttributesClassName status',
  NFSVolumeSource: 'server path readOnly',
  Namespace: 'metadata spec status',
  NamespaceSpec: 'finalizers',
  NodeAffinity: 'requiredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution',
  NodeSelector: 'nodeSelectorTerms',
  NodeSelectorRequirement: 'key operator values',
  NodeSelectorTerm: 'matchExpressions matchFields',
  ObjectFieldSelector: 'apiVersion fieldPath',
  ObjectReference: 'kind namespace name uid apiVersion resourceVersion fieldPath',
  PersistentVolumeClaim: 'metadata spec status',
  PersistentVolumeClaimCondition: 'type status lastProbeTime lastTransitionTime reason message',
  PersistentVolumeClaimSpec: `
    accessModes resources volumeName selector storageClassName volumeMode dataSource dataSourceRef
    volumeAttributesClassName`,
  PersistentVolumeClaimStatus: `
    phase accessModes capacity conditions allocatedResources _ allocatedResourceStatuses
    currentVolumeAttributesClassName modifyVolumeStatus`,
  PersistentVolumeClaimTemplate: 'metadata spec',
  PersistentVolumeClaimVolumeSource: 'claimName readOnly',
  PhotonPersistentDiskVolumeSource: 'pdID fsType',
  Pod: 'metadata spec status',
  PodAffinity: 'requiredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution',
  PodAffinityTerm: 'labelSelector namespaces topologyKey namespaceSelector matchLabelKeys mismatchLabelKeys',
  PodAntiAffinity: 'requiredDuringSchedulingIgnoredDuringExecution preferredDuringSchedulingIgnoredDuringExecution',
  PodDNSConfig: 'nameservers searches options',
  PodDNSConfigOption: 'name value',
  PodOS: 'name',
  PodReadinessGate: 'conditionType',
  PodResourceClaim: 'name _ resourceClaimName resourceClaimTemplateName',
  PodSchedulingGate: 'name',
  PodSecurityContext: `
    seLinuxOptions runAsUser runAsNonRoot supplementalGroups fsGroup runAsGroup sysctls windowsOptions
    fsGroupChangePolicy seccompProfile appArmorProfile supplementalGroupsPolicy seLinuxChangePolicy`,
  PodSpec: `
    volumes containers restartPolicy terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector
    serviceAccountName serviceAccount nodeName hostNetwork hostPID hostIPC securityContext imagePullSecrets
    hostname subdomain affinity schedulerName initContainers automountServiceAccountToken tolerations
    hostAliases priorityClassName priority dnsConfig shareProcessNamespace readinessGates runtimeClassName
    enableServiceLinks preemptionPolicy overhead topologySpreadConstraints ephemeralContainers setHostnameAsFQDN
    os hostUsers schedulingGates resourceClaims resources`,
  PodTemplateSpec: 'metadata spec',
  PortworxVolumeSource: 'volumeID fsType readOnly',
  PreferredSchedulingTerm: 'weight preference',
  Probe: `
    >ProbeHandler initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold
    terminationGracePeriodSeconds`,
  ProbeHandler: 'exec httpGet tcpSocket grpc',
  ProjectedVolumeSource: 'sources defaultMode',
  QuobyteVolumeSource: 'registry volume readOnly user group tenant',
  RBDVolumeSource: 'monitors image fsType pool user keyring secretRef readOnly',
  ReplicationController: 'metadata spec status',
  ReplicationControllerSpec: 'replicas selector template minReadySeconds',
  ResourceClaim: 'name request',
  ResourceFieldSelector: 'containerName resource divisor',
  ResourceQuota: 'metadata spec status',
  ResourceQuotaSpec: 'hard scopes scopeSelector',
  ResourceRequirements: 'limits requests claims',
  SELinuxOptions: 'user role type level',
  ScaleIOVolumeSource: `
    gateway system secretRef sslEnabled protectionDomain storagePool storageMode volumeName fsType readOnly`,
  ScopeSelector: 'matchExpressions',
  ScopedResourceSelectorRequirement: 'scopeName operator values',
  SeccompProfile: 'type localhostProfile',
  Secret: 'metadata data type stringData immutable',
  SecretEnvSource: '>LocalObjectReference optional',
  SecretKeySelector: '>LocalObjectReference key optional',
  SecretProjection: '>LocalObjectReference items _ optional',
  SecretVolumeSource: 'secretName items defaultMode optional',
  SecurityContext: `
    capabilities privileged seLinuxOptions runAsUser runAsNonRoot readOnlyRootFilesystem
    allowPrivilegeEscalation runAsGroup procMount windowsOptions seccompProfile appArmorProfile`,
  ServiceAccount: 'metadata secrets imagePullSecrets automountServiceAccountToken',
  ServiceAccountTokenProjection: 'audience expirationSeconds path',
  SleepAction: 'seconds',
  StorageOSVolumeSource: 'volumeName volumeNamespace fsType readOnly secretRef',
  Sysctl: 'name value',
  TCPSocketAction: 'port host',
  Toleration: 'key operator value effect tolerationSeconds',
  TopologySpreadConstraint: `
    maxSkew topologyKey whenUnsatisfiable labelSelector minDomains nodeAffinityPolicy nodeTaintsPolicy
    matchLabelKeys`,
  TypedLocalObjectReference: 'apiGroup kind name',
  TypedObjectReference: 'apiGroup kind name namespace',
  Volume: 'name >VolumeSource',
  VolumeDevice: 'name devicePath',
  VolumeMount: 'name readOnly mountPath subPath mountPropagation subPathExpr recursiveReadOnly',
  VolumeProjection: 'secret downwardAPI configMap serviceAccountToken clusterTrustBundle',
  VolumeResourceRequirements: 'limits requests',
  VolumeSource: `
    hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs
    persistentVolumeClaim rbd flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap vsphereVolume
    quobyte azureDisk photonPersistentDisk portworxVolume scaleIO projected storageos csi ephemeral image`,
  VsphereVirtualDiskVolumeSource: 'volumePath fsType storagePolicyName storagePolicyID',
  WeightedPodAffinityTerm: 'weight podAffinityTerm',
  WindowsSecurityContextOptions: 'gmsaCredentialSpecName gmsaCredentialSpec runAsUserName hostProcess',
}

// Volumes of storage systems and clouds. The sandbox mounts nothing; it keeps what users declare.
import {
  bool,
  field,
  int32,
  int64,
  list,
  map,
  object,
  opt,
  pointer,
  quantity,
  str,
  type TProperties,
} from '../../core/machinery/schema.ts'
import { CORE, LocalObjectReference } from './reference.ts'

const fsType = opt(str('File system to mount.'))
const readOnly = opt(bool('Mount read-only.'))
const secretRef = pointer(LocalObjectReference)
const need = (description: string) => str(description, { mandatory: true })
const named = <P extends TProperties>(name: string, description: string, properties: P) =>
  pointer(object(`${CORE}.${name}`, description, properties))

/** Properties of a Volume, one per storage system; exactly one may be there. */
export const storageSources = {
  hostPath: named('HostPathVolumeSource', 'A path of the node.', {
    path: need('Path on the node.'),
    type: pointer(str('What must be there: Directory, File, Socket, DirectoryOrCreate and others.', { default: '' })),
  }),
  emptyDir: named('EmptyDirVolumeSource', 'An empty directory that lives as long as the pod.', {
    medium: opt(str('Memory, or nothing for disk.')),
    sizeLimit: pointer(quantity('The most that fits.')),
  }),
  gcePersistentDisk: named('GCEPersistentDiskVolumeSource', 'A disk of Google Compute Engine.', {
    pdName: need('Name of the disk.'),
    fsType,
    partition: opt(int32('Partition.')),
    readOnly,
  }),
  awsElasticBlockStore: named('AWSElasticBlockStoreVolumeSource', 'A disk of AWS.', {
    volumeID: need('ID of the volume.'),
    fsType,
    partition: opt(int32('Partition.')),
    readOnly,
  }),
  gitRepo: named('GitRepoVolumeSource', 'A git repository (deprecated).', {
    repository: need('URL.'),
    revision: opt(str('Commit.')),
    directory: opt(str('Directory to clone into.')),
  }),
  nfs: named('NFSVolumeSource', 'An NFS export.', { server: need('Host.'), path: need('Exported path.'), readOnly }),
  iscsi: named('ISCSIVolumeSource', 'An iSCSI disk.', {
    targetPortal: need('Address of the portal.'),
    iqn: need('Qualified name of the target.'),
    lun: int32('Unit.', { mandatory: true }),
    iscsiInterface: opt(str('Interface.', { default: 'default' })),
    fsType,
    readOnly,
    portals: opt(list(str(), 'Further portals.', { listType: 'atomic' })),
    chapAuthDiscovery: opt(bool('CHAP for discovery.')),
    chapAuthSession: opt(bool('CHAP for the session.')),
    secretRef,
    initiatorName: pointer(str('Name of the initiator.')),
  }),
  glusterfs: named('GlusterfsVolumeSource', 'A Gluster volume.', {
    endpoints: need('Endpoints.'),
    path: need('Volume.'),
    readOnly,
  }),
  rbd: named('RBDVolumeSource', 'A Ceph block device.', {
    monitors: list(str(), 'Ceph monitors.', { mandatory: true, listType: 'atomic' }),
    image: need('Image.'),
    fsType,
    pool: opt(str('Pool.', { default: 'rbd' })),
    user: opt(str('User.', { default: 'admin' })),
    keyring: opt(str('Key ring.', { default: '/etc/ceph/keyring' })),
    secretRef,
    readOnly,
  }),
  flexVolume: named('FlexVolumeSource', 'A volume of an exec driver.', {
    driver: need('Driver.'),
    fsType,
    secretRef,
    readOnly,
    options: opt(map(str(), 'Options of the driver.')),
  }),
  cinder: named('CinderVolumeSource', 'A disk of OpenStack.', {
    volumeID: need('ID of the volume.'),
    fsType,
    readOnly,
    secretRef,
  }),
  cephfs: named('CephFSVolumeSource', 'A Ceph file system.', {
    monitors: list(str(), 'Ceph monitors.', { mandatory: true, listType: 'atomic' }),
    path: opt(str('Path.')),
    user: opt(str('User.')),
    secretFile: opt(str('Key ring.')),
    secretRef,
    readOnly,
  }),
  flocker: named('FlockerVolumeSource', 'A Flocker volume.', {
    datasetName: opt(str('Name of the dataset.')),
    datasetUUID: opt(str('UUID of the dataset.')),
  }),
  fc: named('FCVolumeSource', 'A Fibre Channel disk.', {
    targetWWNs: opt(list(str(), 'World wide names.', { listType: 'atomic' })),
    lun: pointer(int32('Unit.')),
    fsType,
    readOnly,
    wwids: opt(list(str(), 'World wide identifiers.', { listType: 'atomic' })),
  }),
  azureFile: named('AzureFileVolumeSource', 'A file share of Azure.', {
    secretName: need('Secret with account and key.'),
    shareName: need('Name of the share.'),
    readOnly,
  }),
  vsphereVolume: named('VsphereVirtualDiskVolumeSource', 'A disk of vSphere.', {
    volumePath: need('Path of the disk.'),
    fsType,
    storagePolicyName: opt(str('Policy.')),
    storagePolicyID: opt(str('ID of the policy.')),
  }),
  quobyte: named('QuobyteVolumeSource', 'A Quobyte volume.', {
    registry: need('Registry.'),
    volume: need('Volume.'),
    readOnly,
    user: opt(str('User.')),
    group: opt(str('Group.')),
    tenant: opt(str('Tenant.')),
  }),
  azureDisk: named('AzureDiskVolumeSource', 'A disk of Azure.', {
    diskName: need('Name of the disk.'),
    diskURI: need('URI of the disk.'),
    cachingMode: pointer(str('None, ReadOnly or ReadWrite.')),
    fsType: pointer(str('File system to mount.')),
    readOnly: pointer(bool('Mount read-only.')),
    kind: pointer(str('Shared, Dedicated or Managed.')),
  }),
  photonPersistentDisk: named('PhotonPersistentDiskVolumeSource', 'A disk of Photon.', {
    pdID: need('ID of the disk.'),
    fsType,
  }),
  portworxVolume: named('PortworxVolumeSource', 'A Portworx volume.', {
    volumeID: need('ID of the volume.'),
    fsType,
    readOnly,
  }),
  scaleIO: named('ScaleIOVolumeSource', 'A ScaleIO volume.', {
    gateway: need('Address of the gateway.'),
    system: need('Storage system.'),
    secretRef: field(secretRef, 'Credentials.'),
    sslEnabled: opt(bool('Use TLS.')),
    protectionDomain: opt(str('Protection domain.')),
    storagePool: opt(str('Pool.')),
    storageMode: opt(str('ThickProvisioned or ThinProvisioned.')),
    volumeName: opt(str('Volume.')),
    fsType,
    readOnly,
  }),
  storageos: named('StorageOSVolumeSource', 'A StorageOS volume.', {
    volumeName: opt(str('Volume.')),
    volumeNamespace: opt(str('Namespace of StorageOS.')),
    fsType,
    readOnly,
    secretRef,
  }),
  csi: named('CSIVolumeSource', 'An ephemeral volume of a CSI driver.', {
    driver: need('Name of the driver.'),
    readOnly: pointer(bool('Mount read-only.')),
    fsType: pointer(str('File system to mount.')),
    volumeAttributes: opt(map(str(), 'Settings of the driver.')),
    nodePublishSecretRef: secretRef,
  }),
  image: named('ImageVolumeSource', 'The content of an image.', {
    reference: opt(str('The image.')),
    pullPolicy: opt(str('Always, IfNotPresent or Never.')),
  }),
}

/** Properties of volumes that name a number of bytes or seconds. */
export const expirationSeconds = pointer(int64('Seconds that the token is valid.', { default: 3600 }))

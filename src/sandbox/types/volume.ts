// Volumes of pods.
import { bool, int32, list, object, opt, pointer, str, type Static } from '../../core/machinery/schema.ts'
import { PersistentVolumeClaimTemplate } from './claim.ts'
import { CORE, KeyToPath, LabelSelector, ObjectFieldSelector, ResourceFieldSelector } from './reference.ts'
import { expirationSeconds, storageSources } from './storage.ts'

const items = opt(list(KeyToPath, 'Keys to show as files; all by default.', { listType: 'atomic' }))
const optional = pointer(bool('What is named may be missing.'))
const defaultMode = pointer(int32('Permissions of the files.', { default: 420 }))

const DownwardAPIVolumeFile = object(`${CORE}.DownwardAPIVolumeFile`, 'A file with a field of the pod.', {
  path: str('Relative path of the file.', { mandatory: true }),
  fieldRef: pointer(ObjectFieldSelector),
  resourceFieldRef: pointer(ResourceFieldSelector),
  mode: pointer(int32('Permissions of the file.')),
})
const files = opt(list(DownwardAPIVolumeFile, 'The files.', { listType: 'atomic' }))

const ServiceAccountTokenProjection = object(
  `${CORE}.ServiceAccountTokenProjection`,
  'A token of the service account.',
  {
    audience: opt(str('Who the token is for.')),
    expirationSeconds,
    path: str('Relative path of the file.', { mandatory: true }),
  },
)

const ClusterTrustBundleProjection = object(`${CORE}.ClusterTrustBundleProjection`, 'Trusted certificates.', {
  name: pointer(str('Name of the bundle.')),
  signerName: pointer(str('Signer of the bundles.')),
  labelSelector: pointer(LabelSelector),
  optional,
  path: str('Relative path of the file.', { mandatory: true }),
})

const named = { name: opt(str('Name of the object.', { default: '' })), items, optional }
const VolumeProjection = object(`${CORE}.VolumeProjection`, 'One source of a projected volume.', {
  secret: pointer(object(`${CORE}.SecretProjection`, 'Keys of a Secret.', named)),
  downwardAPI: pointer(object(`${CORE}.DownwardAPIProjection`, 'Fields of the pod.', { items: files })),
  configMap: pointer(object(`${CORE}.ConfigMapProjection`, 'Keys of a ConfigMap.', named)),
  serviceAccountToken: pointer(ServiceAccountTokenProjection),
  clusterTrustBundle: pointer(ClusterTrustBundleProjection),
})

export const Volume = object(`${CORE}.Volume`, 'A directory that containers of a pod can mount.', {
  name: str('Name, unique in the pod.', { mandatory: true }),
  ...storageSources,
  secret: pointer(
    object(`${CORE}.SecretVolumeSource`, 'A Secret as files.', {
      secretName: opt(str('Name of the Secret.')),
      items,
      defaultMode,
      optional,
    }),
  ),
  persistentVolumeClaim: pointer(
    object(`${CORE}.PersistentVolumeClaimVolumeSource`, 'A claim of the same namespace.', {
      claimName: str('Name of the claim.', { mandatory: true }),
      readOnly: opt(bool('Mount read-only.')),
    }),
  ),
  downwardAPI: pointer(
    object(`${CORE}.DownwardAPIVolumeSource`, 'Fields of the pod as files.', { items: files, defaultMode }),
  ),
  configMap: pointer(
    object(`${CORE}.ConfigMapVolumeSource`, 'A ConfigMap as files.', {
      name: opt(str('Name of the ConfigMap.', { default: '' })),
      items,
      defaultMode,
      optional,
    }),
  ),
  projected: pointer(
    object(`${CORE}.ProjectedVolumeSource`, 'Several sources in one directory.', {
      sources: opt(list(VolumeProjection, 'The sources.', { listType: 'atomic' })),
      defaultMode,
    }),
  ),
  ephemeral: pointer(
    object(`${CORE}.EphemeralVolumeSource`, 'A claim that lives as long as the pod.', {
      volumeClaimTemplate: pointer(PersistentVolumeClaimTemplate),
    }),
  ),
})
export type Volume = Static<typeof Volume>

// Defaults of volumes, as kube-apiserver sets them.
import type { Volume } from '../types/volume.ts'
import { pullPolicyOf } from './container.ts'

/** Permissions of files in volumes: 0644. */
const FILE_MODE = 0o644
const TOKEN_SECONDS = 3600

interface Reference {
  fieldRef?: { apiVersion?: string }
}
const defaultItems = (items: readonly Reference[] | undefined): void => {
  for (const item of items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ||= 'v1'
}

/** Fills one volume; one without any source is an empty directory. */
export function defaultVolume(volume: Volume): void {
  if (Object.keys(volume).length === 1) volume.emptyDir = {}
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source) source.defaultMode ??= FILE_MODE
  }
  defaultItems(volume.downwardAPI?.items)
  for (const source of volume.projected?.sources ?? []) {
    defaultItems(source.downwardAPI?.items)
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS
  }
  if (volume.hostPath) volume.hostPath.type ??= ''
  if (volume.ephemeral?.volumeClaimTemplate) volume.ephemeral.volumeClaimTemplate.spec.volumeMode ??= 'Filesystem'
  if (volume.image) volume.image.pullPolicy ||= pullPolicyOf(volume.image.reference ?? '')
  defaultStorage(volume)
}

function defaultStorage({ iscsi, rbd, azureDisk, scaleIO }: Volume): void {
  if (iscsi) iscsi.iscsiInterface ||= 'default'
  if (rbd) {
    rbd.pool ||= 'rbd'
    rbd.user ||= 'admin'
    rbd.keyring ||= '/etc/ceph/keyring'
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite'
    azureDisk.kind ??= 'Shared'
    azureDisk.fsType ??= 'ext4'
    azureDisk.readOnly ??= false
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned'
    scaleIO.fsType ||= 'xfs'
  }
}

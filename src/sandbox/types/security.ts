// What a pod or container may do, and as whom it runs.
import { bool, int64, list, object, opt, pointer, str, type Static } from '../../core/machinery/schema.ts'
import { CORE } from './reference.ts'

const SELinuxOptions = object(`${CORE}.SELinuxOptions`, 'SELinux labels.', {
  user: opt(str('SELinux user.')),
  role: opt(str('SELinux role.')),
  type: opt(str('SELinux type.')),
  level: opt(str('SELinux level.')),
})

const WindowsOptions = object(`${CORE}.WindowsSecurityContextOptions`, 'Settings that only Windows knows.', {
  gmsaCredentialSpecName: pointer(str('Name of the GMSA credential spec.')),
  gmsaCredentialSpec: pointer(str('The GMSA credential spec itself.')),
  runAsUserName: pointer(str('Windows user to run as.')),
  hostProcess: pointer(bool('Run as a host process.')),
})

const profile = (what: string) => ({
  type: str('RuntimeDefault, Unconfined or Localhost.', { mandatory: true }),
  localhostProfile: pointer(str(`The ${what} profile on the node, for Localhost.`)),
})
const SeccompProfile = object(`${CORE}.SeccompProfile`, 'Which seccomp profile applies.', profile('seccomp'))
const AppArmorProfile = object(`${CORE}.AppArmorProfile`, 'Which AppArmor profile applies.', profile('AppArmor'))

const Capabilities = object(`${CORE}.Capabilities`, 'POSIX capabilities.', {
  add: opt(list(str(), 'Capabilities to add.', { listType: 'atomic' })),
  drop: opt(list(str(), 'Capabilities to take away.', { listType: 'atomic' })),
})

const identity = {
  runAsUser: pointer(int64('UID of the process.')),
  runAsGroup: pointer(int64('GID of the process.')),
  runAsNonRoot: pointer(bool('Refuse to start as root.')),
}

export const SecurityContext = object(`${CORE}.SecurityContext`, 'Security settings of a container.', {
  capabilities: pointer(Capabilities),
  privileged: pointer(bool('Run as if root on the node.')),
  seLinuxOptions: pointer(SELinuxOptions),
  windowsOptions: pointer(WindowsOptions),
  ...identity,
  readOnlyRootFilesystem: pointer(bool('The root file system cannot be written.')),
  allowPrivilegeEscalation: pointer(bool('The process may gain more rights than its parent.')),
  procMount: pointer(str('Default or Unmasked.')),
  seccompProfile: pointer(SeccompProfile),
  appArmorProfile: pointer(AppArmorProfile),
})
export type SecurityContext = Static<typeof SecurityContext>

const Sysctl = object(`${CORE}.Sysctl`, 'A kernel parameter.', {
  name: str('Name of the parameter.', { mandatory: true }),
  value: str('Its value.', { mandatory: true }),
})

export const PodSecurityContext = object(
  `${CORE}.PodSecurityContext`,
  'Security settings of all containers of a pod.',
  {
    seLinuxOptions: pointer(SELinuxOptions),
    windowsOptions: pointer(WindowsOptions),
    ...identity,
    supplementalGroups: opt(list(int64(), 'Further GIDs of the process.', { listType: 'atomic' })),
    supplementalGroupsPolicy: pointer(str('Merge or Strict.')),
    fsGroup: pointer(int64('GID that owns the volumes.')),
    sysctls: opt(list(Sysctl, 'Kernel parameters.', { listType: 'atomic' })),
    fsGroupChangePolicy: pointer(str('OnRootMismatch or Always.')),
    seccompProfile: pointer(SeccompProfile),
    appArmorProfile: pointer(AppArmorProfile),
    seLinuxChangePolicy: pointer(str('MountOption or Recursive.')),
  },
)
export type PodSecurityContext = Static<typeof PodSecurityContext>

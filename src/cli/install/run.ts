// `install` and `uninstall` on a terminal.
import { install } from '../../install/install.ts'
import { DEFAULTS, type Settings } from '../../install/settings.ts'
import { uninstall } from '../../install/uninstall.ts'
import { parseDuration } from '../goDuration.ts'
import type { Session } from '../session.ts'

/** Installs, and says what was done. `patience`: milliseconds to wait until it works; 0: not at all. */
export async function runInstall(session: Session, settings: Settings, patience: number): Promise<void> {
  const applied = (name: string): void => session.out(`${name} applied\n`)
  const removed = (name: string): void => session.out(`${name} removed\n`)
  await install(session, { settings, applied, removed, patience })
  session.out(
    patience === 0
      ? `Millrace ${settings.version} is applied; kubectl get apiservice v1.image.openshift.io says when it answers.\n`
      : `Millrace ${settings.version} serves the image streams of this cluster: try kubectl get imagestreams -A\n`,
  )
}

/** Removes an installation, and says what was done. */
export async function runUninstall(
  session: Session,
  options: { namespace?: string; purge?: boolean; timeout: string },
): Promise<void> {
  const { namespace = DEFAULTS.namespace, purge = false, timeout } = options
  await uninstall(session, {
    namespace,
    purge,
    removed: (name) => session.out(`${name} removed\n`),
    kept: (text) => session.out(`${text}\n`),
    patience: parseDuration(timeout),
  })
}

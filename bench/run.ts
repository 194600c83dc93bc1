// `npm run bench`: measures a standalone server, or with `--kubeconfig FILE` or `--control-plane` a server beside a cluster, and
// prints a table. Names behind the flags choose parts of it.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startControlPlane } from '../test/support/controlPlane.ts'
import { benchCluster } from './cluster/run.ts'
import { benchStandalone } from './standalone.ts'
import { table, type Row } from './table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of a cluster whose API server reaches this machine as `localhost`, and which may be filled with streams. */
    kubeconfig: { type: 'string' },
    /** A control plane of its own, from the folder that KUBEBUILDER_ASSETS names. */
    'control-plane': { type: 'boolean' },
  },
})

console.log(`\n${table(await rows())}`)
console.log(`\nOn ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, which everything that takes part shares.`)

async function rows(): Promise<Row[]> {
  if (values.kubeconfig) return benchCluster(values.kubeconfig, positionals)
  if (!values['control-plane']) return benchStandalone(positionals)
  const plane = await startControlPlane()
  try {
    return await benchCluster(plane.kubeconfig, positionals)
  } finally {
    await plane.stop()
  }
}

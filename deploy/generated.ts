import { metricsPage } from '../src/app/metrics/page.ts'
import { VERSION } from '../src/app/version.ts'
import { chart } from '../src/install/chart.ts'
import { rightsPage } from '../src/install/rightsTable.ts'

/** What is made from the source: text by path below the root. */
export function generated(): Map<string, string> {
  const files = new Map([
    ['docs/metrics.md', metricsPage()],
    ['docs/rights.md', rightsPage()],
  ])
  for (const [path, text] of chart(VERSION)) files.set(`deploy/helm/millrace/${path}`, text)
  return files
}

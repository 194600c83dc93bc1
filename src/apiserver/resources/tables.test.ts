// Tables: what kubectl prints of each kind.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ImageApi, imageApi, ROOT } from '../../../test/support/imageApi.ts'
import { digest, REPOSITORY } from '../../../test/support/imageObjects.ts'

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
const NOW = Date.UTC(2024, 0, 1)
const PULL = `${REPOSITORY}@${digest('a')}`

interface Table {
  kind: string
  columnDefinitions: { name: string; type: string; format: string; priority: number }[]
  rows: { cells: unknown[] }[]
}

const table = async ({ call }: ImageApi, path: string): Promise<Table> => {
  const { status, body } = await call<Table>('GET', path, undefined, TABLE)
  assert.deepEqual([status, body.kind], [200, 'Table'])
  return body
}

const name = ['Name', 'string', 'name', 0]
const text = (column: string, priority = 0) => [column, 'string', '', priority]
const kinds: [kind: string, path: string, columns: unknown[][], cells: unknown[]][] = [
  [
    'streams',
    'imagestreams/s',
    [name, text('Image Repository'), text('Tags'), text('Updated')],
    ['s', '', 'v1', '2 days ago'],
  ],
  [
    'image stream tags',
    'imagestreamtags/s:v1',
    [name, text('Image Reference'), text('Updated'), text('Image Name', 1)],
    ['s:v1', PULL, '2 days ago', digest('a')],
  ],
  [
    'image tags',
    'imagetags/s:v1',
    [name, text('Spec'), text('Status'), ['History', 'number', '', 0], text('Updated')],
    ['s:v1', 'Push', `image/${digest('a')}`, 1, '2 days ago'],
  ],
  [
    'images of streams',
    `imagestreamimages/s@${digest('a')}`,
    [name, text('Updated'), text('Image Reference', 1), text('Image Name', 1)],
    [`s@${digest('a')}`, '2 days ago', PULL, digest('a')],
  ],
  ['images', `${ROOT}/images/${digest('a')}`, [name, text('Image Reference')], [digest('a'), PULL]],
]

describe('the table of', () => {
  for (const [kind, path, columns, cells] of kinds) {
    test(kind, async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: NOW })
      const api = await imageApi()
      await api.make('s')
      await api.push('s:v1', 'a')
      t.mock.timers.setTime(NOW + 48 * 3_600_000)
      const { columnDefinitions, rows } = await table(api, path)
      assert.deepEqual(
        columnDefinitions.map((c) => [c.name, c.type, c.format, c.priority]),
        columns,
      )
      assert.deepEqual(
        rows.map((row) => row.cells),
        [cells],
      )
    })
  }
})

test('an external registry is shown as the repository of a stream', async () => {
  const api = await imageApi({
    config: { internalRegistryHostname: 'reg:5000', externalRegistryHostnames: ['out.io', 'b.io'] },
  })
  const made = await api.make('s')
  assert.equal(made.status.publicDockerImageRepository, 'out.io/p/s')
  assert.equal((await table(api, 'imagestreams')).rows[0]?.cells[1], 'out.io/p/s')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measuring } from '../../../test/support/exposition.ts'
import { declaredMetrics } from './page.ts'
import { processMetrics } from './process.ts'

const NAMED = { name: 'things_total', help: 'Things.', labels: ['a', 'b'] } as const

test('a counter counts by its labels, and is there before anything was counted', async () => {
  const { metrics, value } = measuring()
  const things = metrics.counter(NAMED)
  things('1', '2').inc()
  things('1', '2').inc()
  things('1', 'none')
  assert.equal(await value('things_total', { a: '1', b: '2' }), 2)
  assert.equal(await value('things_total', { a: '1', b: 'none' }), 0)
})

test('what is declared twice is one metric, and its children are kept', async () => {
  const { metrics, value } = measuring()
  const [first, second] = [metrics.counter(NAMED), metrics.counter(NAMED)]
  assert.equal(first('x', 'y'), second('x', 'y'))
  first('x', 'y').inc()
  second('x', 'y').inc()
  assert.equal(await value('things_total'), 2)
})

test('values may be any text', async () => {
  const { metrics, value } = measuring()
  const odd = 'a"b\\c\nd},e="'
  metrics.counter(NAMED)(odd, '').inc()
  assert.equal(await value('things_total', { a: odd, b: '' }), 1)
})

test('a gauge goes up and down', async () => {
  const { metrics, value } = measuring()
  const gauge = metrics.gauge({ name: 'g', help: 'G.', labels: [] })()
  assert.equal(await value('g'), 0)
  gauge.set(5)
  gauge.add(-2)
  gauge.add(1)
  assert.equal(await value('g'), 4)
})

test('a histogram sorts times into buckets', async () => {
  const { metrics, value } = measuring()
  const times = metrics.histogram({ name: 't_seconds', help: 'T.', labels: ['a'], buckets: [0.1, 1] })('x')
  for (const seconds of [0.05, 0.1, 0.5, 7]) times.observe(seconds)
  const bucket = (le: string) => value('t_seconds_bucket', { le })
  assert.deepEqual([await bucket('0.1'), await bucket('1'), await bucket('+Inf')], [2, 3, 4])
  assert.equal(await value('t_seconds_sum'), 7.65)
})

test('the format of the library is kept in what it brings and in what is ours', async () => {
  const { metrics } = measuring()
  const times = metrics.histogram({ name: 't_seconds', help: 'Times.', labels: ['a'], buckets: [0.5] })('x')
  times.observe(0.25)
  metrics.counter(NAMED)('1', '2').inc()
  assert.deepEqual((await metrics.exposition()).body.split('\n'), [
    '# HELP t_seconds Times.',
    '# TYPE t_seconds histogram',
    't_seconds_bucket{a="x",le="0.5"} 1',
    't_seconds_bucket{a="x",le="+Inf"} 1',
    't_seconds_sum{a="x"} 0.25',
    't_seconds_count{a="x"} 1',
    '',
    '# HELP things_total Things.',
    '# TYPE things_total counter',
    'things_total{a="1",b="2"} 1',
    '',
  ])
})

test('what is read on demand is as it is now, and one that fails hides no other', async () => {
  const { metrics, value } = measuring()
  let objects: [string, number][] = [['a', 1]]
  metrics.reading({ name: 'objects', help: 'O.', labels: ['of'] }, () =>
    objects.map(([of, count]) => [[of], count] as const),
  )
  metrics.reading({ name: 'broken', help: 'B.', labels: ['of'] }, () => {
    throw new Error('closed')
  })
  assert.equal(await value('objects', { of: 'a' }), 1)
  objects = [['b', 2]]
  assert.equal(await value('objects', { of: 'a' }), undefined)
  assert.equal(await value('objects', { of: 'b' }), 2)
  assert.equal(await value('broken'), undefined)
})

test('the process tells its version, CPU time, memory and the lag of its event loop', async () => {
  const { metrics, read, value } = measuring()
  processMetrics(metrics, '1.2.3')
  assert.equal(await value('millrace_build_info', { version: '1.2.3' }), 1)
  const before = (await value('process_cpu_seconds_total')) ?? NaN
  const busy = performance.now() + 30
  while (performance.now() < busy);
  const after = (await value('process_cpu_seconds_total')) ?? NaN
  assert.ok(after > before && after < before + 10, `${before} then ${after}`)
  const names = [...(await read()).keys()]
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_heap_size_used_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ])
    assert.ok(names.includes(name), name)
})

test('all declared metrics are named as they should be', () => {
  const all = declaredMetrics().flatMap(({ metrics }) => metrics)
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length)
  // Names that others have given, and that do not keep to it.
  const given = /^openshift_imagestreamcontroller_(success|error)_count$/
  for (const { name, type, help } of all) {
    if (type === 'counter') assert.match(name, given.test(name) ? given : /_total$/)
    else assert.doesNotMatch(name, /_total$/)
    if (type === 'histogram') assert.match(name, /_seconds$/)
    assert.match(help, /\.$/, name)
  }
})

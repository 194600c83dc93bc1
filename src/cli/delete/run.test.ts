import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { ApiError, notFound } from '../../core/machinery/status.ts'

const NS = '/apis/image.openshift.io/v1/namespaces/demo'
const success = { kind: 'Status', metadata: {}, status: 'Success', details: { uid: 'u' } }
const gone = notFound({ group: 'image.openshift.io', plural: 'imagestreamtags' }, 'x:2')
const BACKGROUND = { options: { propagationPolicy: 'Background' } }

test('a tag is deleted in the background, and waited for', async () => {
  const outcome = await runCommand(['delete', 'istag', 'x:1'], {
    [`DELETE ${NS}/imagestreamtags/x:1`]: success,
    [`GET ${NS}/imagestreamtags/x:1`]: gone,
  })
  assert.deepEqual(outcome, {
    code: 0,
    out: 'imagestreamtag.image.openshift.io "x:1" deleted from demo namespace\n',
    err: '',
    calls: [{ line: `DELETE ${NS}/imagestreamtags/x:1`, ...BACKGROUND }, { line: `GET ${NS}/imagestreamtags/x:1` }],
  })
})

test('an object that finalizers keep is looked at until it is gone or another has its name', async () => {
  for (const last of [gone, { metadata: { uid: 'another' } }]) {
    const looks = [{ metadata: { uid: 'u' } }, last]
    const outcome = await runCommand(['delete', 'is/x'], {
      [`DELETE ${NS}/imagestreams/x`]: { metadata: { name: 'x', uid: 'u' } },
      [`GET ${NS}/imagestreams/x`]: () => looks.shift(),
    })
    assert.deepEqual([outcome.code, outcome.calls.length], [0, 3])
  }
})

test('what is not there does not keep the rest', async () => {
  const answers = {
    [`DELETE ${NS}/imagestreamtags/x:1`]: success,
    [`DELETE ${NS}/imagestreamtags/x:2`]: gone,
    [`DELETE ${NS}/imagestreamtags/x:3`]: success,
  }
  const outcome = await runCommand(['delete', 'istag/x:1', 'istag/x:2', 'istag/x:3', '-o', 'name'], answers)
  assert.equal(outcome.out, 'imagestreamtag.image.openshift.io/x:1\nimagestreamtag.image.openshift.io/x:3\n')
  assert.equal(outcome.err, 'Error from server (NotFound): imagestreamtags.image.openshift.io "x:2" not found\n')
  assert.deepEqual([outcome.code, outcome.calls.length], [1, 3])
  const ignored = await runCommand(['delete', 'istag', 'x:2', '--ignore-not-found'], answers)
  assert.deepEqual([ignored.code, ignored.out, ignored.err], [0, '', ''])
})

test('a dry run deletes nothing, or lets the server try', async () => {
  const client = await runCommand(['delete', 'is', 'x', '--dry-run=client'])
  assert.equal(client.out, 'imagestream.image.openshift.io "x" deleted from demo namespace (dry run)\n')
  assert.deepEqual(client.calls, [])
  const server = await runCommand(['delete', 'is', 'x', '--dry-run=server'], {
    [`DELETE ${NS}/imagestreams/x`]: success,
  })
  assert.match(server.out, / \(server dry run\)\n$/)
  assert.deepEqual(server.calls, [
    { line: `DELETE ${NS}/imagestreams/x`, options: { propagationPolicy: 'Background', dryRun: true } },
  ])
})

test('--all and a selector take what the server lists', async () => {
  const answers = {
    [`LIST ${NS}/imagestreams`]: { metadata: {}, items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] },
    [`DELETE ${NS}/imagestreams/a`]: success,
    [`DELETE ${NS}/imagestreams/b`]: success,
  }
  const all = await runCommand(['delete', 'is', '--all', '--wait=false'], answers)
  assert.deepEqual([all.code, all.out.split('\n').length, all.calls.length], [0, 3, 3])
  const none = await runCommand(['delete', 'is', '-l', 'a=b'], {
    [`LIST ${NS}/imagestreams`]: { metadata: {}, items: [] },
  })
  assert.deepEqual([none.code, none.out], [0, 'No resources found\n'])
})

test('images have no namespace', async () => {
  const outcome = await runCommand(['delete', 'images', 'sha256:1', '--wait=false'], {
    'DELETE /apis/image.openshift.io/v1/images/sha256:1': success,
  })
  assert.equal(outcome.out, 'image.image.openshift.io "sha256:1" deleted\n')
})

test('that a namespace does not matter to them is said to those who name one, before anything goes', async () => {
  const answers = {
    [`DELETE ${NS}/imagestreams/x`]: success,
    'DELETE /apis/image.openshift.io/v1/images/sha256:1': success,
    'DELETE /apis/image.openshift.io/v1/imagesignatures/sha256:1@a': success,
  }
  const warning = 'Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n'
  const args = ['delete', 'is/x', 'images/sha256:1', 'imagesignature/sha256:1@a', '--wait=false']
  const outcome = await runCommand([...args, '-n', 'demo'], answers)
  assert.deepEqual([outcome.code, outcome.err, outcome.calls.length], [0, warning, 3])
  assert.equal((await runCommand(args, answers)).err, '')
  assert.equal((await runCommand(['delete', 'is/x', '--wait=false', '-n', 'demo'], answers)).err, '')
})

test('what cannot be deleted here is refused before anything is', async () => {
  const cases: [string[], RegExp][] = [
    [['is/x', 'deploy/y'], /^error: only image streams, their tags and images are deleted here, not "deploy"/],
    [['istag'], /no name was specified/],
    [['is', 'x', '-o', 'yaml'], /^error: unexpected -o output mode: yaml\. We only support '-o name'\n$/],
    [['is', '--all', '-l', 'a=b'], /^error: setting 'all' parameter but found a non empty selector\.\n$/],
    [['is', 'x', '--all'], /^error: name cannot be provided when a selector is specified /],
    [['is/x', '--all'], /^error: selectors and the all flag cannot be used when passing resource\/name arguments\n$/],
  ]
  for (const [args, err] of cases) {
    const outcome = await runCommand(['delete', ...args])
    assert.match(outcome.err, err)
    assert.deepEqual([outcome.code, outcome.calls], [1, []])
  }
  const forbidden = { [`DELETE ${NS}/imagestreams/x`]: new ApiError(403, 'Forbidden', 'no') }
  assert.equal((await runCommand(['delete', 'is', 'x', '--ignore-not-found'], forbidden)).code, 1)
})

test('how long it may take, and what becomes of dependents, is up to the caller', async () => {
  const answers = { [`DELETE ${NS}/imagestreams/x`]: success, [`GET ${NS}/imagestreams/x`]: gone }
  const FORCED = /^Warning: Immediate deletion does not wait for confirmation/
  const cases: [flags: string, options: object, err: RegExp][] = [
    ['--cascade=orphan', { propagationPolicy: 'Orphan' }, /^$/],
    ['--cascade=foreground', { propagationPolicy: 'Foreground' }, /^$/],
    ['--cascade', { propagationPolicy: 'Background' }, /^$/],
    ['--cascade=false', { propagationPolicy: 'Orphan' }, /^$/],
    ['--now', { propagationPolicy: 'Background', gracePeriodSeconds: 1 }, /^$/],
    ['--grace-period=7', { propagationPolicy: 'Background', gracePeriodSeconds: 7 }, /^$/],
    ['--grace-period=0', { propagationPolicy: 'Background', gracePeriodSeconds: 1 }, /^$/],
    ['--grace-period=-1', { propagationPolicy: 'Background' }, /^$/],
    ['--force', { propagationPolicy: 'Background', gracePeriodSeconds: 0 }, FORCED],
    ['--force --grace-period=0', { propagationPolicy: 'Background', gracePeriodSeconds: 0 }, FORCED],
  ]
  for (const [flags, options, err] of cases) {
    const outcome = await runCommand(['delete', ...flags.split(' '), 'is', 'x'], answers)
    assert.deepEqual([outcome.code, outcome.calls[0]?.options], [0, options], flags)
    assert.match(outcome.err, err, flags)
    assert.equal(outcome.out.includes('" force deleted from demo'), err === FORCED, flags)
  }
})

test('flags of deletion that contradict each other are refused before anything is asked', async () => {
  const cases: [flags: string, err: string][] = [
    ['--cascade=x', 'invalid cascade value (x). Must be "background", "foreground", or "orphan"'],
    ['--cascade=constructor', 'invalid cascade value (constructor). Must be "background", "foreground", or "orphan"'],
    ['--now --grace-period=3', '--now and --grace-period cannot be specified together'],
    ['--force --grace-period=3', '--force and --grace-period greater than 0 cannot be specified together'],
    ['--grace-period=x', '--grace-period must be a number of seconds, not "x"'],
    ['--timeout=x', 'invalid duration "x": use a number with a unit, such as 30s or 5m'],
  ]
  for (const [flags, err] of cases) {
    const outcome = await runCommand(['delete', 'is', 'x', ...flags.split(' ')])
    assert.deepEqual([outcome.code, outcome.err, outcome.calls], [1, `error: ${err}\n`, []])
  }
})

test('--timeout ends the waiting, and what was deleted is told all the same', async () => {
  const outcome = await runCommand(['delete', 'is', 'x', '--timeout=1ms'], {
    [`DELETE ${NS}/imagestreams/x`]: success,
    [`GET ${NS}/imagestreams/x`]: { metadata: { uid: 'u' } },
  })
  assert.match(outcome.out, /"x" deleted from demo/)
  assert.deepEqual([outcome.code, outcome.err], [1, 'error: timed out waiting for the condition on imagestreams/x\n'])
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { digest } from '../../../test/support/imageObjects.ts'
import { MIN_AGE, POLICY } from '../image/annotations.ts'
import type { Choice } from './choice.ts'
import { choose, type Chosen } from './choose.ts'
import { dueOf } from './due.ts'
import { readPolicy, type Policy } from './policy.ts'

const HOUR = 3_600_000
const START = Date.parse('2026-03-01T00:00:00Z')

const pause = async (): Promise<void> => {}

/** A repository, and a policy that looks at it from time to time. */
class Repository {
  readonly policy: Policy
  /** What tags point at. */
  readonly tags = new Map<string, string>()
  readonly made = new Map<string, Date>()
  /** Tags of which the registry does not tell now. */
  readonly down = new Set<string>()
  hours = 0
  choice: Choice | undefined
  failure: string | undefined
  readonly asked: string[] = []

  constructor(policy = 'semver', age?: string) {
    const read = readPolicy({ [POLICY]: policy, ...(age && { [MIN_AGE]: age }) })
    assert.ok('policy' in read)
    this.policy = read.policy
  }

  push(...tags: string[]): this {
    for (const tag of tags) this.tags.set(tag, digest('a'))
    return this
  }

  due(): Promise<string | undefined> {
    const { policy, choice, failure } = this
    const now = START + this.hours * HOUR
    return dueOf({ policy, id: 'id', tags: [...this.tags.keys()], choice, failure, now, pause })
  }

  async look(hours = 0): Promise<Chosen> {
    this.hours += hours
    const chosen = await choose({
      policy: this.policy,
      id: 'id',
      pause,
      tags: [...this.tags.keys()],
      before: this.choice,
      now: new Date(START + this.hours * HOUR),
      look: async (tag) => {
        this.asked.push(tag)
        if (this.down.has(tag)) return { error: new Error('503') }
        const found = this.tags.get(tag)
        return found === undefined ? undefined : { digest: found }
      },
      made: async (tag) => this.made.get(tag),
    })
    this.choice = chosen.choice
    this.failure = 'failure' in chosen ? chosen.failure : 'untold' in chosen ? 'Unreachable' : undefined
    return chosen
  }

  /** What is chosen, or why nothing is. */
  async get(hours = 0): Promise<string> {
    const chosen = await this.look(hours)
    if ('take' in chosen) return chosen.take.tag
    return 'failure' in chosen ? chosen.failure : `untold ${chosen.untold.tag}`
  }
}

describe('without a cool-down', () => {
  test('the newest is chosen, and nothing but the list is asked for', async () => {
    const repository = new Repository().push('1.0.0', '1.10.0', '1.9.0', 'latest')
    assert.equal(await repository.get(), '1.10.0')
    assert.equal(repository.choice?.candidates, 3)
    assert.deepEqual(repository.asked, [])
  })

  test('an older one that is pushed changes nothing, a newer one does', async () => {
    const repository = new Repository().push('1.0.0')
    await repository.get()
    assert.equal(await repository.push('0.9.0').due(), undefined)
    assert.equal(await repository.get(), '1.0.0')
    assert.equal(await repository.push('1.0.1').due(), 'choose 1.0.1')
    assert.equal(await repository.get(), '1.0.1')
  })

  test('nothing goes back when what was chosen is deleted; that is said once, and is over when it is back', async () => {
    const repository = new Repository().push('1.0.0', '1.1.0')
    await repository.get()
    repository.tags.delete('1.1.0')
    assert.equal(await repository.due(), '1.1.0 has gone')
    assert.equal(await repository.get(), 'ChosenTagGone')
    assert.equal(await repository.due(), undefined)
    assert.equal(await repository.push('1.1.0').due(), '1.1.0 is back')
    assert.equal(await repository.get(), '1.1.0')
    repository.tags.delete('1.1.0')
    assert.equal(await repository.push('1.2.0').get(), '1.2.0')
  })

  test('a list that leaves out what is there does no harm', async () => {
    const repository = new Repository().push('1.0.0')
    await repository.get()
    const { policy, choice } = repository
    const look = async () => ({ digest: digest('a') })
    const made = async () => undefined
    const chosen = await choose({
      policy,
      id: 'id',
      pause,
      tags: ['0.1.0'],
      before: choice,
      now: new Date(START),
      look,
      made,
    })
    assert.deepEqual('take' in chosen && chosen.take, { tag: '1.0.0' })
  })

  test('another policy begins anew, even with something older', async () => {
    const repository = new Repository().push('1.0.0', '1.1.0')
    repository.choice = { policy: 'other', tag: '9.9.9', candidates: 1 }
    assert.equal(await repository.due(), 'another policy')
    assert.equal(await repository.get(), '1.1.0')
  })

  test('that nothing fits is said once, until something does', async () => {
    const repository = new Repository('semver:>=2').push('1.0.0')
    assert.equal(await repository.get(), 'NoMatchingTag')
    assert.equal(await repository.due(), undefined)
    assert.equal(await repository.push('2.0.0').get(), '2.0.0')
  })
})

describe('with a cool-down', () => {
  const settled = async (): Promise<Repository> => {
    const repository = new Repository('semver', '24h').push('1.0.0')
    assert.equal(await repository.get(), '1.0.0')
    return repository
  }

  test('a new tag is adopted when it has been known long enough', async () => {
    const repository = await settled()
    assert.equal(await repository.push('1.1.0').due(), 'see 1.1.0')
    assert.equal(await repository.get(1), '1.0.0')
    assert.deepEqual(
      repository.choice?.waiting?.map(({ tag, since }) => [tag, since]),
      [['1.1.0', '2026-03-01T01:00:00Z']],
    )
    repository.hours = 24
    assert.equal(await repository.due(), undefined)
    repository.hours = 25
    assert.match((await repository.due())!, /^adopt 1\.1\.0/)
    assert.equal(await repository.get(), '1.1.0')
    assert.equal(repository.choice?.waiting, undefined)
    assert.equal(await repository.due(), undefined)
  })

  test('a release each hour keeps none of them from being adopted', async () => {
    const repository = await settled()
    for (let i = 1; i <= 48; i++) await repository.push(`1.0.${i}`).look(1)
    assert.ok(repository.choice!.waiting!.length <= 8)
    assert.notEqual(repository.choice!.tag, '1.0.0')
  })

  test('a tag that is pushed again while it waits begins anew', async () => {
    const repository = await settled()
    await repository.push('1.1.0').look(1)
    repository.tags.set('1.1.0', digest('b'))
    assert.equal(await repository.get(24), '1.0.0')
    assert.equal(await repository.get(23), '1.0.0')
    assert.equal(await repository.get(1), '1.1.0')
    assert.equal(repository.choice?.digest, digest('b'))
  })

  test('what was adopted stays the same image when it is pushed again, until that is old enough', async () => {
    const repository = await settled()
    repository.tags.set('1.0.0', digest('b'))
    const take = async (hours: number) => {
      const chosen = await repository.look(hours)
      return 'take' in chosen && chosen.take.digest
    }
    assert.equal(await take(1), digest('a'))
    assert.equal(await repository.due(), undefined)
    repository.tags.set('1.0.0', digest('c'))
    assert.equal(await take(23), digest('a'))
    repository.hours += 23
    assert.equal(await repository.due(), undefined)
    repository.hours += 1
    assert.match((await repository.due())!, /^adopt 1\.0\.0/)
    assert.equal(await take(0), digest('c'))
    assert.equal(await repository.due(), undefined)
  })

  test('at first, what says that it is young waits; what says that it is old need not be', async () => {
    const repository = new Repository('semver', '24h').push('1.0.0', '1.1.0', '1.2.0')
    repository.made.set('1.2.0', new Date(START - HOUR)).set('1.1.0', new Date(0))
    assert.equal(await repository.get(), '1.1.0')
    assert.equal(await repository.get(22), '1.1.0')
    assert.equal(await repository.get(1), '1.2.0')
  })

  test('at first, when all are young, it is said until when to wait', async () => {
    const repository = new Repository('semver', '24h').push('1.0.0')
    repository.made.set('1.0.0', new Date(START - HOUR))
    const chosen = await repository.look()
    assert.match('message' in chosen ? chosen.message : '', /^1\.0\.0 .* may be adopted at 2026-03-01T23:00:00Z$/)
    assert.equal(await repository.due(), undefined)
    assert.equal(await repository.get(23), '1.0.0')
  })

  test('a date in the future does not keep a tag waiting for ever', async () => {
    const repository = new Repository('semver', '24h').push('1.0.0')
    repository.made.set('1.0.0', new Date(START + 1000 * 24 * HOUR))
    assert.equal(await repository.get(), 'WaitingForAge')
    assert.equal(await repository.get(24), '1.0.0')
  })

  test('what waits without a digest waits anew: nobody knows that it is the same', async () => {
    const repository = (await settled()).push('1.1.0')
    repository.choice = { ...repository.choice!, waiting: [{ tag: '1.1.0', since: '2026-02-01T00:00:00Z' }] }
    assert.equal(await repository.get(), '1.0.0')
    assert.deepEqual(repository.choice.waiting, [{ tag: '1.1.0', digest: digest('a'), since: '2026-03-01T00:00:00Z' }])
  })
})

describe('with a cool-down, when the registry does not tell', () => {
  const settled = async (): Promise<Repository> => {
    const repository = new Repository('semver', '24h').push('1.0.0')
    await repository.get()
    return repository
  }

  test('of a tag that has waited long enough: it is adopted as soon as it does', async () => {
    const repository = await settled()
    await repository.push('1.1.0').look()
    const { waiting } = repository.choice!
    repository.down.add('1.1.0')
    assert.equal(await repository.get(24), 'untold 1.1.0')
    assert.deepEqual([repository.choice?.tag, repository.choice?.waiting], ['1.0.0', waiting])
    assert.match((await repository.due())!, /^adopt 1\.1\.0/)
    repository.down.clear()
    assert.equal(await repository.get(), '1.1.0')
  })

  test('of a new tag: it does not wait without a digest, and is still to be seen', async () => {
    const repository = await settled()
    repository.push('1.1.0', '1.2.0').down.add('1.2.0')
    assert.equal(await repository.get(), 'untold 1.2.0')
    assert.deepEqual(
      repository.choice?.waiting?.map(({ tag }) => tag),
      ['1.1.0'],
    )
    assert.equal(await repository.due(), 'see 1.2.0')
    repository.down.clear()
    assert.equal(await repository.get(), '1.0.0')
    assert.equal(repository.choice.waiting?.length, 2)
  })

  test('of one tag: another that is ripe is adopted, and what is left to do is something else than before', async () => {
    const repository = await settled()
    await repository.push('1.1.0', '1.2.0').look()
    repository.hours = 24
    const before = await repository.due()
    repository.down.add('1.2.0')
    assert.equal(await repository.get(), '1.1.0')
    const after = await repository.due()
    assert.match(after!, /^adopt 1\.2\.0/)
    assert.notEqual(after, before)
    repository.down.clear()
    assert.equal(await repository.get(), '1.2.0')
  })

  test('of the chosen tag: what it was replaced by keeps its time', async () => {
    const repository = await settled()
    repository.tags.set('1.0.0', digest('b'))
    await repository.look()
    repository.down.add('1.0.0')
    assert.equal(await repository.get(12), 'untold 1.0.0')
    repository.down.clear()
    assert.equal(await repository.get(12), '1.0.0')
    assert.equal(repository.choice?.digest, digest('b'))
  })

  test('at first: nothing older is taken instead', async () => {
    const repository = new Repository('semver', '24h').push('1.0.0', '1.1.0')
    repository.down.add('1.1.0')
    assert.equal(await repository.get(), 'untold 1.1.0')
    assert.equal(await repository.due(), 'see 1.1.0, see 1.0.0')
    repository.down.clear()
    assert.equal(await repository.get(), '1.1.0')
  })
})

describe('whatever is pushed and deleted', () => {
  type Step = { push?: number; again?: number; drop?: number; down?: number; hours: number }
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.record(
      { push: fc.nat(30), again: fc.nat(30), drop: fc.nat(30), down: fc.nat(30), hours: fc.nat(30) },
      { requiredKeys: ['hours'] },
    ),
    { maxLength: 40 },
  )
  const run = async (
    age: string | undefined,
    given: Step[],
    each: (repository: Repository, before: Choice | undefined) => void | Promise<void>,
  ) => {
    const repository = new Repository('semver', age)
    let pushes = 0
    for (const { push, again, drop, down, hours } of given) {
      repository.down.clear()
      if (down !== undefined) repository.down.add(`1.${down}.0`)
      if (push !== undefined) repository.push(`1.${push}.0`)
      if (again !== undefined && repository.tags.has(`1.${again}.0`))
        repository.tags.set(`1.${again}.0`, `sha256:${(++pushes).toString(16).padStart(64, '0')}`)
      if (drop !== undefined) repository.tags.delete(`1.${drop}.0`)
      const before = repository.choice
      await repository.look(hours)
      await each(repository, before)
    }
  }
  const minor = (choice: Choice | undefined): number => Number(choice?.tag?.split('.')[1] ?? -1)

  for (const age of [undefined, '24h'])
    test(`the choice never goes back, and what was just done is not due again${age ? ', with a cool-down' : ''}`, async () => {
      await fc.assert(
        fc.asyncProperty(steps, (given) =>
          run(age, given, async (repository, before) => {
            assert.ok(minor(repository.choice) >= minor(before))
            if (repository.down.size === 0) assert.equal(await repository.due(), undefined)
            assert.ok((repository.choice?.waiting?.length ?? 0) <= 9)
          }),
        ),
      )
    })

  test('nothing is adopted that is not old enough, but for the first', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const seen = new Map<string, number>()
        await run('24h', given, (repository, before) => {
          const { choice, hours, tags } = repository
          if (before?.tag !== undefined && choice && (choice.tag !== before.tag || choice.digest !== before.digest)) {
            const since = seen.get(`${choice.tag} ${choice.digest}`)
            assert.ok(since !== undefined && hours - since >= 24, `${choice.tag} after ${hours - (since ?? hours)} h`)
          }
          const present = new Set(Array.from(tags, ([tag, found]) => `${tag} ${found}`))
          for (const key of present) if (!seen.has(key)) seen.set(key, hours)
        })
      }),
    )
  })
})

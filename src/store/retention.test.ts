import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Retention } from './retention.ts'

const options = { minAge: 600, minRevisions: 1_000, maxRevisions: 100_000 }

describe('retention', () => {
  const cases: { name: string; looks: [time: number, revision: number, oldest: number][] }[] = [
    {
      name: 'keeps everything of the first minutes',
      looks: [
        [0, 50_000, 0],
        [599, 60_000, 0],
      ],
    },
    {
      name: 'forgets what was reached long enough ago',
      looks: [
        [0, 50_000, 0],
        [300, 60_000, 0],
        [600, 70_000, 50_000],
        [900, 80_000, 60_000],
      ],
    },
    {
      name: 'keeps the least number, however old',
      looks: [
        [0, 5_000, 0],
        [600, 5_100, 4_100],
        [1_200, 5_100, 4_100],
      ],
    },
    {
      name: 'keeps no more than the greatest number, however young',
      looks: [
        [0, 5_000, 0],
        [1, 300_000, 200_000],
      ],
    },
    {
      name: 'stays at zero while there is less than the least number',
      looks: [
        [0, 10, 0],
        [900, 20, 0],
      ],
    },
    {
      name: 'knows the age of a revision that did not move',
      looks: [
        [0, 9_000, 0],
        [599, 9_000, 0],
        [600, 20_000, 9_000],
      ],
    },
  ]
  for (const { name, looks } of cases) {
    it(name, () => {
      const retention = new Retention(options)
      for (const [time, revision, oldest] of looks)
        assert.equal(retention.advance(time, revision), oldest, `at ${time}`)
    })
  }
})

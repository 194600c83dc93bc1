// A process whose heap is mostly garbage, and that goes on to allocate a little. Prints the megabytes of its heap as soon as they are few, or
// some seconds (the first argument) later. The second argument: whether it saves memory when it is quiet.
import { setTimeout as delay } from 'node:timers/promises'
import { memoryUsage } from 'node:process'
import { saveMemoryWhenQuiet } from './quiet.ts'

const MB = 1024 * 1024
const heap = (): number => Math.round(memoryUsage().heapTotal / MB)
const some = (objects: number): object[] => Array.from({ length: objects }, (_, i) => ({ i, text: `${i}` }))

const alive = some(300_000)
let kept: object[][] = []
// What lives this long has become old.
for (let i = 0; i < 60; i++) kept = [...kept.slice(-10), some(40_000)]
kept = []

const [, , seconds, saves] = process.argv
if (saves === 'saves') saveMemoryWhenQuiet({ interval: 20 })
const end = performance.now() + Number(seconds) * 1000
while (performance.now() < end && heap() > 45) {
  kept = [...kept.slice(-3), some(1_000)]
  await delay(5)
}
console.log(alive.length > 0 && heap())
process.exit()

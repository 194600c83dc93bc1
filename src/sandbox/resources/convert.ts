// The objects of one endpoint in the words of another version.
import type { KubeObject, ObjectList, WatchEvent } from '../../core/machinery/object.ts'
import type { Endpoint } from '../../core/machinery/resource.ts'
import type { Status } from '../../core/machinery/status.ts'

/** Serves `from` as if its objects were of the other version. */
export function convert<A extends KubeObject, B extends KubeObject>(
  from: Endpoint<A>,
  to: (object: A) => B,
  back: (object: B) => A,
): Endpoint<B> {
  const one = (answer: A | Status): B | Status => (isStatus(answer) ? answer : to(answer))
  const list = (answer: ObjectList<A> | Status): ObjectList<B> | Status => (isStatus(answer) ? answer : all(answer))
  const all = ({ metadata, items }: ObjectList<A>): ObjectList<B> => ({ metadata, items: items.map(to) })
  return {
    get: async (context, name, options) => to(await from.get!(context, name, options)),
    list: async (context, options) => list(await from.list!(context, options)),
    async *watch(context, options): AsyncIterable<WatchEvent<B>> {
      for await (const { type, object } of from.watch!(context, options)) {
        const whole = type !== 'BOOKMARK' && type !== 'ERROR'
        yield { type, object: whole ? to(object) : (object as unknown as B) }
      }
    },
    create: async (context, object) => one(await from.create!(context, back(object))),
    update: async (context, name, transform) => {
      const { object, created } = await from.update!(context, name, async (old) => back(await transform(to(old))))
      return { object: to(object), created }
    },
    delete: async (context, name, options) => one(await from.delete!(context, name, options)),
    deleteCollection: async (context, options, how) => all(await from.deleteCollection!(context, options, how)),
  }
}

function isStatus(answer: KubeObject | ObjectList | Status): answer is Status {
  return answer.kind === 'Status'
}

import type { Context } from '../../core/machinery/resource.ts'

/** The same request, looking into another namespace. */
export function within(context: Context, namespace: string): Context {
  return { ...context, namespace }
}

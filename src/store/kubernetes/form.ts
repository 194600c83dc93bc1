// The form in which objects of a kind are handed out: that of their type, whatever the cluster has made of it.
import { arranger } from '../../core/machinery/decode/arrange.ts'
import { conformer } from '../../core/machinery/decode/conforms.ts'
import { decode } from '../../core/machinery/decode/decode.ts'
import type { TSchema } from '../../core/machinery/schema.ts'

/** Gives an object in its form. It may be the object itself, and shares parts with it. Error: DecodeError. */
export type Form = (object: unknown) => unknown

/**
 * Fields in the order of `order`, by default the type itself, and what the type does not know behind them. What somebody has changed
 * by hand, and what an older server has written, is decoded: then no part of it is missing, or of another kind than its type says.
 */
export function formOf(type: TSchema, order = type): Form {
  const arrange = arranger(order)
  const conforms = conformer(type)
  return (object) => {
    const arranged = arrange(object)
    return conforms(arranged) ? arranged : arrange(decode(type, arranged).object)
  }
}

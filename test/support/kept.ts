// What tests of stores keep: something with a name.
import { any, field, list, object, opt, str } from '../../src/core/machinery/schema.ts'

const metadata = object('dev.millrace.test.v1.Meta', 'What it is called.', {
  name: str('Its name.'),
  finalizers: opt(list(str(), 'Who holds it.')),
})

export const Kept = object('dev.millrace.test.v1.Kept', 'A thing that is kept.', {
  metadata: field(metadata, 'What it is called.'),
  value: opt(any('Whatever it is worth.')),
  spec: opt(object('dev.millrace.test.v1.KeptSpec', 'What it should be.', { names: opt(list(str())) })),
})

// Field numbers of the built-in kinds in Kubernetes' protocol buffers. Each type is a text: the n-th word is the field with
// number n, `_` a number that we do not know, `>Type` a message whose fields JSON has inline. Statuses are left out: clients
// do not set them. Source of the numbers: the generated.proto files of k8s.io/api and k8s.io/apimachinery.
import type { Numbers, NumberTables } from '../../core/machinery/protobuf/decode.ts'
import { apps } from './apps.ts'
import { authentication } from './authentication.ts'
import { authorization } from './authorization.ts'
import { batch } from './batch.ts'
import { coordination } from './coordination.ts'
import { core } from './core.ts'
import { events } from './events.ts'
import { meta } from './meta.ts'
import { rbac } from './rbac.ts'

type Texts = Readonly<Record<string, string>>

function numbersOf(text: string, types: Texts): Numbers {
  const numbers: Record<number, string | Numbers> = {}
  for (const [i, word] of text.trim().split(/\s+/).entries()) {
    if (word === '_') continue
    numbers[i + 1] = word.startsWith('>') ? numbersOf(types[word.slice(1)]!, types) : word
  }
  return numbers
}

function tables(prefix: string, types: Texts): NumberTables {
  return Object.fromEntries(Object.entries(types).map(([name, text]) => [`${prefix}.${name}`, numbersOf(text, types)]))
}

/** Field numbers of everything that the sandbox serves, by definition. */
export const FIELD_NUMBERS: NumberTables = {
  ...tables('io.k8s.api.apps.v1', apps),
  ...tables('io.k8s.api.authentication.v1', authentication),
  ...tables('io.k8s.api.authorization.v1', authorization),
  ...tables('io.k8s.api.batch.v1', batch),
  ...tables('io.k8s.api.coordination.v1', coordination),
  ...tables('io.k8s.api.core.v1', core),
  ...tables('io.k8s.api.events.v1', events),
  ...tables('io.k8s.api.rbac.v1', rbac),
  ...tables('io.k8s.apimachinery.pkg.apis.meta.v1', meta),
}

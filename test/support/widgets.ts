// A small kind for tests of the machinery: widgets, stored, with a status, and a schema that has every shape.
import { objectMeta, typeMeta } from '../../src/core/machinery/meta/objectMeta.ts'
import { required } from '../../src/core/machinery/fieldError.ts'
import type { Resource, Rules } from '../../src/core/machinery/resource.ts'
import {
  field,
  int32,
  int64,
  list,
  map,
  nullable,
  object,
  opt,
  pointer,
  type Static,
  str,
} from '../../src/core/machinery/schema.ts'
import { Persisted } from '../../src/apiserver/persisted.ts'
import type { Store } from '../../src/store/store.ts'

const part = object('dev.millrace.test.v1.Part', 'A part of a widget.', {
  name: str('Name of the part.', { mandatory: true }),
  size: opt(int32('Size in mm.')),
  notes: nullable(map(str())),
})

const spec = object('dev.millrace.test.v1.WidgetSpec', 'What a widget should be.', {
  color: opt(str('Its colour.')),
  count: pointer(int32('How many.')),
  parts: opt(list(part, 'Its parts.', { mergeKey: 'name', listMapKeys: ['name'] })),
})

const status = object('dev.millrace.test.v1.WidgetStatus', 'What a widget is.', { ready: int64('How many are ready.') })

export const Widget = object('dev.millrace.test.v1.Widget', 'A thing for tests.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Metadata.'),
  spec: field(spec, 'The wish.'),
  status: field(status, 'The truth.'),
})
export type Widget = Static<typeof Widget>

export const WIDGETS = { group: 'test.millrace.dev', version: 'v1', plural: 'widgets' }

const specRules: Rules<Widget> = {
  prepareForCreate: (w) => {
    w.status = { ready: 0 }
    w.metadata.generation = 1
  },
  prepareForUpdate: (w, old) => {
    w.status = old.status
    if (JSON.stringify(w.spec) !== JSON.stringify(old.spec)) w.metadata.generation = (old.metadata.generation ?? 0) + 1
  },
  validate: (w) => (w.spec.color === 'none' ? [required('spec.color', 'a widget needs a colour')] : []),
  fields: { 'spec.color': (w) => w.spec.color ?? '' },
}

const statusRules: Rules<Widget> = {
  ...specRules,
  prepareForUpdate: (w, old) => {
    w.spec = old.spec
  },
}

/** The record of widgets on a store. `rules` override. */
export function widgets(store: Store, rules: Rules<Widget> = {}): Resource<Widget> {
  const endpoint = new Persisted<Widget>({
    store,
    ...WIDGETS,
    kind: 'Widget',
    schema: Widget,
    namespaced: true,
    rules: { ...specRules, ...rules },
  })
  return {
    ...WIDGETS,
    kind: 'Widget',
    singular: 'widget',
    shortNames: ['wd'],
    namespaced: true,
    stored: true,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    schema: Widget,
    columns: [
      { name: 'Name', type: 'string', format: 'name', cell: (w) => w.metadata.name ?? '' },
      { name: 'Color', type: 'string', cell: (w) => w.spec.color ?? '' },
    ],
    endpoint,
    subresources: [{ name: 'status', verbs: ['get', 'patch', 'update'], endpoint: endpoint.with(statusRules) }],
  }
}

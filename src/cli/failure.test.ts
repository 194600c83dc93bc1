import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError, notFound } from '../core/machinery/status.ts'
import { unreachable } from '../kube/unreachable.ts'
import { CommandError, failureText, Failures } from './failure.ts'

const invalid = (...fields: string[]): ApiError =>
  new ApiError(422, 'Invalid', 'long text', {
    kind: 'ImageStream',
    name: 'ubi',
    causes: fields.map((field) => ({ field, message: 'Required value' })),
  })

test('errors read as in kubectl', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  const cases: [unknown, string][] = [
    [
      notFound({ group: 'image.openshift.io', plural: 'imagestreams' }, 'x'),
      'Error from server (NotFound): imagestreams.image.openshift.io "x" not found',
    ],
    [new ApiError(418, '', 'odd'), 'Error from server: odd'],
    [new ApiError(401, 'Unauthorized', 'Unauthorized'), 'error: You must be logged in to the server (Unauthorized)'],
    [invalid('spec.a'), 'The ImageStream "ubi" is invalid: spec.a: Required value'],
    [invalid('a', 'b'), 'The ImageStream "ubi" is invalid: \n* a: Required value\n* b: Required value'],
    [
      unreachable('127.0.0.1:8443', refused),
      'The connection to the server 127.0.0.1:8443 was refused - did you specify the right host or port?',
    ],
    [new CommandError('no'), 'error: no'],
    [new Failures(['a', 'b']), 'a\nb'],
    ['text', 'error: text'],
  ]
  for (const [error, text] of cases) assert.equal(failureText(error), text)
})

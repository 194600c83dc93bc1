import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseImageName, parseSignatureName, parseTagName, splitTagName } from './names.ts'

test('reading a tag takes exactly one colon and no digest', () => {
  assert.deepEqual(parseTagName('s:v1'), { stream: 's', tag: 'v1' })
  for (const bad of ['s', 's:', ':v1', 's:a:b', 's@sha256:ab', '', ':']) assert.equal(parseTagName(bad), undefined, bad)
})

test('creating a tag splits at the first colon', () => {
  assert.deepEqual(splitTagName('s:v1'), { stream: 's', tag: 'v1' })
  assert.deepEqual(splitTagName('s:'), { stream: 's', tag: 'latest' })
  assert.deepEqual(splitTagName('s:a:b'), { stream: 's', tag: 'a:b' })
  assert.equal(splitTagName('s'), undefined)
})

test('images and signatures take exactly one @', () => {
  assert.deepEqual(parseImageName('s@sha256:ab'), { stream: 's', id: 'sha256:ab' })
  assert.deepEqual(parseSignatureName('sha256:ab@x'), { image: 'sha256:ab', signature: 'x' })
  for (const bad of ['s', 's@', '@x', 'a@b@c', '']) {
    assert.equal(parseImageName(bad), undefined, bad)
    assert.equal(parseSignatureName(bad), undefined, bad)
  }
})

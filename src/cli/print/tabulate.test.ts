import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DESCRIBE, GET, SET, tabulate } from './tabulate.ts'

test('describe pads with tabs to a multiple of eight', () => {
  const text = 'Name:\tubi\nAnnotations:\ta=b\nImage Repository:\tr\n\nlatest\n'
  assert.equal(tabulate(text, DESCRIBE), 'Name:\t\t\tubi\nAnnotations:\t\ta=b\nImage Repository:\tr\n\nlatest\n')
})

test('a cell that fills its column to the last place still gets a tab', () => {
  assert.equal(tabulate('1234567\tx\n', DESCRIBE), '1234567\tx\n')
  assert.equal(tabulate('12345678\tx\n', DESCRIBE), '12345678\tx\n')
  assert.equal(tabulate('12345678\tx\na\ty\n', DESCRIBE), '12345678\tx\na\t\ty\n')
})

test('a line without a tab ends the block', () => {
  assert.equal(tabulate('a\tb\nplain\nlonger than it\tc\n', SET), 'a  b\nplain\nlonger than it  c\n')
})

test('inner columns align only among adjoining lines that have them', () => {
  const text = 'a\tbbbb\tc\nd\te\nf\tg\th\n'
  assert.equal(tabulate(text, SET), 'a  bbbb  c\nd  e\nf  g  h\n')
})

test('empty cells take the width of their column', () => {
  assert.equal(
    tabulate('NAME\tTYPE\tVALUE\ndeployments/test\tconfig\t\n', SET),
    'NAME              TYPE    VALUE\ndeployments/test  config  \n',
  )
  assert.equal(tabulate('Layers:\t1kB\tsha\n\t10MB\tsha\n', DESCRIBE), 'Layers:\t1kB\tsha\n\t10MB\tsha\n')
})

test('columns have a least width', () => {
  assert.equal(tabulate('A\tB\n', GET), 'A     B\n')
})

test('width counts characters, not bytes or UTF-16 units', () => {
  assert.equal(tabulate('é😀\tx\nabc\ty\n', SET), 'é😀   x\nabc  y\n')
})

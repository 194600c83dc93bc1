// Newline-delimited text out of byte chunks: how watches arrive.

/** A line that is longer than the reader allows. */
export class LineTooLong extends Error {
  override name = 'LineTooLong'
}

/**
 * Yields each line without its newline, whatever the chunks' borders; empty lines are skipped. What follows the last newline
 * is yielded too. Throws LineTooLong beyond `limit` bytes.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<string> {
  let pending: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      pending.push(chunk.subarray(from, at))
      from = at + 1
      const line = Buffer.concat(pending).toString('utf8').trim()
      pending = []
      size = 0
      if (line) yield line
    }
    if (from < chunk.length) {
      pending.push(chunk.subarray(from))
      size += chunk.length - from
      if (size > limit) throw new LineTooLong(`a line is longer than ${limit} bytes`)
    }
  }
  const rest = Buffer.concat(pending).toString('utf8').trim()
  if (rest) yield rest
}

// Compression of large answers, by the rule of kube-apiserver: from 128 KiB on, at the quickest level, never for streams.
import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { isStream, type Reply } from './handler.ts'

/** Bytes below which compression costs more than it saves. */
const THRESHOLD = 128 * 1024
const LEVEL = 1

/** Bytes of a compressed piece. */
const CHUNK = 64 * 1024

/** True when an Accept-Encoding header allows gzip (RFC 9110, 12.5.3). */
function acceptsGzip(header: string | undefined): boolean {
  return (header ?? '').split(',').some((item) => {
    const [coding, ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    return (coding === 'gzip' || coding === '*') && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** The reply, compressed where that is worth it and allowed. */
export async function gzipped(reply: Reply, acceptEncoding: string | undefined): Promise<Reply> {
  const { body, headers = {} } = reply
  if (body === undefined || isStream(body) || !acceptsGzip(acceptEncoding)) return reply
  const isWhole = typeof body === 'string' || Buffer.isBuffer(body)
  // The length of a string is a lower bound of its bytes.
  if (isWhole && body.length < THRESHOLD) return reply
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'content-encoding')) return reply
  return {
    ...reply,
    headers: { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
    body: isWhole ? Buffer.concat(await Array.fromAsync(compressed([body]))) : compressed(body),
  }
}

/** Pieces, compressed as they are read. What they fail with ends it. */
async function* compressed(pieces: Iterable<string | Buffer>): AsyncGenerator<Buffer, undefined> {
  const gzip = createGzip({ level: LEVEL, chunkSize: CHUNK })
  // An error is thrown below as well; whoever stops reading ends both.
  pipeline(Readable.from(pieces), gzip, () => undefined)
  yield* gzip as AsyncIterable<Buffer>
}

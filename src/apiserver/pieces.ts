// Answers that can be of any length, made while they are sent: in memory is a piece of each at a time, and others have their turn
// between two pieces (src/http/outgoing.ts).

/** Characters after which a piece ends: no answer below is worth compressing either (src/http/gzip.ts). */
const PIECE = 128 << 10
/** Milliseconds after which it ends as well: some texts are short, and take long to make. */
const TURN = 20

/** Texts, put together: one Buffer when they are a single piece, which has a length; else pieces that are made as they are read. */
export function inPieces(texts: Iterable<string>, now = () => performance.now()): Buffer | Iterable<Buffer> {
  const pieces = gather(texts, now)
  const first = pieces.next()
  return first.done ? first.value : all(first.value, pieces)
}

type Pieces = Generator<Buffer, Buffer, undefined>

function* all(first: Buffer, others: Pieces): Generator<Buffer, undefined> {
  try {
    yield first
    yield yield* others
  } finally {
    others.return(first)
  }
}

/** Pieces; the last of them is returned. No text is cut, so no character is. */
function* gather(texts: Iterable<string>, now: () => number): Pieces {
  let piece = ''
  let begun = now()
  for (const text of texts) {
    piece += text
    if (piece.length < PIECE && now() - begun < TURN) continue
    yield Buffer.from(piece)
    piece = ''
    begun = now()
  }
  return Buffer.from(piece)
}

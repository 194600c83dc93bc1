// Quantities: `500m`, `1Gi`, `12e6`. A quantity has one canonical text: the one in which Kubernetes writes it back.
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE])i|([numkMGTPE])|[eE]([+-]?\d+))?$/
const DIGITS = /\d/

/** Smallest step: quantities are multiples of a billionth, rounded away from zero. */
const NANO = 1_000_000_000n
const LARGEST = (2n ** 63n - 1n) * NANO

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']

/** Digits, and powers of ten, beyond which a text is capped before it is computed. */
const MAX_DIGITS = 60
const MAX_FRACTION = 100

/** The canonical text; undefined when it is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const parsed = parse(text)
  if (!parsed) return undefined
  const { negative, capped, binary, exponent } = parsed
  const minus = negative && capped > 0n ? '-' : ''
  // Below one Ki the binary form would have to round: such a quantity turns decimal.
  if (binary && capped >= 1024n * NANO) return minus + binaryText(capped)
  return minus + (exponent === undefined ? decimalText(capped) : exponentText(capped))
}

/** The value in billionths; undefined when it is no quantity. */
export function quantityValue(text: string): bigint | undefined {
  const parsed = parse(text)
  return parsed && (parsed.negative ? -parsed.capped : parsed.capped)
}

/** A number of bytes as a quantity: `2Ki`, `1500`. */
export function formatBytes(bytes: number): string {
  return bytes > 0 ? binaryText(BigInt(Math.trunc(bytes)) * NANO) : '0'
}

function parse(text: string) {
  const match = PATTERN.exec(text)
  if (!match || !DIGITS.test(`${match[2]}${match[3]}`)) return undefined
  const [, sign, whole = '', fraction = '', binary, decimal, exponent] = match
  const magnitude = magnitudeOf(whole, fraction, binary, decimal, exponent)
  return { negative: sign === '-', capped: magnitude > LARGEST ? LARGEST : magnitude, binary, exponent }
}

/** The value in billionths. */
function magnitudeOf(
  whole: string,
  fraction: string,
  binary: string | undefined,
  decimal: string | undefined,
  exponent: string | undefined,
): bigint {
  if (fraction.length > MAX_FRACTION + 1) {
    // What lies behind only decides whether to round up: one digit says as much.
    const rest = /[1-9]/.test(fraction.slice(MAX_FRACTION)) ? '1' : ''
    return magnitudeOf(whole, fraction.slice(0, MAX_FRACTION) + rest, binary, decimal, exponent)
  }
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  if (digits === '') return 0n
  const power = exponent === undefined ? (decimal ? (DECIMAL.indexOf(decimal) - 3) * 3 : 0) : Number(exponent)
  const scale = power - fraction.length + 9
  if (digits.length + scale > MAX_DIGITS) return LARGEST + 1n
  if (digits.length + scale < -MAX_DIGITS) return 1n
  const factor = binary ? 1024n ** BigInt(BINARY.indexOf(`${binary}i`)) : 1n
  const value = BigInt(digits) * factor
  return scale >= 0 ? value * 10n ** BigInt(scale) : divideUp(value, 10n ** BigInt(-scale))
}

const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

function binaryText(nano: bigint): string {
  let value = divideUp(nano, NANO)
  let unit = 0
  for (; value % 1024n === 0n && unit < BINARY.length - 1; unit++) value /= 1024n
  return `${value}${BINARY[unit]}`
}

function decimalText(nano: bigint): string {
  const { value, steps } = thousands(nano)
  return value === 0n ? '0' : `${value}${DECIMAL[steps]}`
}

function exponentText(nano: bigint): string {
  const { value, steps } = thousands(nano)
  return value === 0n || steps === 3 ? String(value) : `${value}e${(steps - 3) * 3}`
}

/** The value without factors of a thousand, and how many there were. */
function thousands(nano: bigint): { value: bigint; steps: number } {
  let value = nano
  let steps = 0
  for (; value > 0n && value % 1000n === 0n && steps < DECIMAL.length - 1; steps++) value /= 1000n
  return { value, steps }
}

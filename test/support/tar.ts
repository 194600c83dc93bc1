// A tar archive of small files, always the same for the same input.
// https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar interchange format)

const BLOCK = 512

/** Packs path → content; paths of up to 100 bytes. */
export function tar(files: Readonly<Record<string, string>>): Buffer<ArrayBuffer> {
  const entries = Object.entries(files).flatMap(([path, content]) => {
    const body = Buffer.from(content)
    return [header(path, body.length), body, Buffer.alloc(-body.length & (BLOCK - 1))]
  })
  return Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)])
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at)
  block.write(path, 0, 100)
  octal(0o644, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  block.write('        0', 148)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

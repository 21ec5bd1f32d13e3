/** A field of a Protocol Buffers message, encoded: its number and wire type, then its value. */
export type Field = Uint8Array;

// Wire types: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes.

/** An unsigned whole number below 2^53. */
export const varintField = (field: number, value: number): Field =>
  Uint8Array.of(field << 3, ...varint(value));

/** Bytes, text or an embedded message. */
export function bytesField(field: number, value: Uint8Array | string): Field {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return joined([Uint8Array.of((field << 3) | 2, ...varint(bytes.length)), bytes]);
}

/** An embedded message. */
export const messageField = (field: number, ...fields: readonly Field[]): Field =>
  bytesField(field, joined(fields));

/** A `double`. */
export function doubleField(field: number, value: number): Field {
  const bytes = new Uint8Array(9).fill((field << 3) | 1, 0, 1);
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

/** A `float`. */
export function floatField(field: number, value: number): Field {
  const bytes = new Uint8Array(5).fill((field << 3) | 5, 0, 1);
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

/** Fields one after the other: a message. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

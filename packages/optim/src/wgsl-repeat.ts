/** The text of `line(0)`, `line(1)`, … `line(count − 1)`: WGSL has no arrays of buffers, so each tensor is spelled out. */
export function repeat(count: number, line: (k: number) => string, separator = '\n'): string {
  return Array.from({ length: count }, (_, k) => line(k)).join(separator);
}

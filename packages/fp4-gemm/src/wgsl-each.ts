/** The lines of an unrolled loop: `line(0)` to `line(count - 1)`. */
export function each(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

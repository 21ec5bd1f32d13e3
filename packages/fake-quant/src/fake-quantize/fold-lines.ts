/** Lanes of a line's sum. */
const LANES = 4;

/**
 * The sum of a block's terms in the order that all backends follow, every addition rounded to float32: a line is a row
 * of the block, or the block itself where blocks are one column wide. Term i of a line goes to lane i mod 4; a line is
 * (lane 0 + lane 1) + (lane 2 + lane 3); the sums of the lines are added from the first to the last.
 *
 * @param rows - Rows of the block.
 * @param cols - Columns of the block.
 * @param isColumn - Whether blocks are one column wide; one at the right edge may be though the others are not.
 * @param term - The term of the element in a row and column of the block, a float32.
 */
export function foldLines(
  rows: number,
  cols: number,
  isColumn: boolean,
  term: (row: number, col: number) => number,
): number {
  if (rows === 0 || cols === 0) return 0;
  const [lines, length] = isColumn ? [1, rows] : [rows, cols];
  const lanes = new Float32Array(LANES);
  let total = 0;
  for (let line = 0; line < lines; line++) {
    lanes.fill(0);
    for (let i = 0; i < length; i++) {
      // A Float32Array rounds what is stored.
      lanes[i % LANES]! += isColumn ? term(i, 0) : term(line, i);
    }
    const sum = Math.fround(Math.fround(lanes[0]! + lanes[1]!) + Math.fround(lanes[2]! + lanes[3]!));
    total = Math.fround(total + sum);
  }
  return total;
}

/** Checks that a dimension is a non-negative integer; throws a RangeError that names it. */
export function checkCount(caller: string, name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`${caller}: ${name} must be a non-negative integer, but got ${count}`);
  }
}

/** Checks that an array of `length` elements is a row-major matrix `[rows, cols]`; throws a RangeError that names it. */
export function checkMatrix(caller: string, name: string, length: number, rows: number, cols: number): void {
  checkCount(caller, 'rows', rows);
  checkCount(caller, 'cols', cols);
  if (length !== rows * cols) {
    throw new RangeError(
      `${caller}: ${name} must have ${rows} x ${cols} = ${rows * cols} elements, but got ${length}`,
    );
  }
}

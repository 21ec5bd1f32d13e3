/** Returns max |x|, 0 for an empty array, NaN for one that holds NaN. */
export function absmax(x: Float32Array): number {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/**
 * Returns the mean squared error of y against the reference x, accumulated in float64; NaN for empty arrays.
 *
 * @throws RangeError if x and y differ in length.
 */
export function meanSquaredError(x: Float32Array, y: Float32Array): number {
  checkSameLength('meanSquaredError', x, y);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - y[i]!) ** 2;
  return sum / x.length;
}

/**
 * Returns x·y / (‖x‖‖y‖); NaN if either is zero or empty.
 *
 * @throws RangeError if x and y differ in length.
 */
export function cosineSimilarity(x: Float32Array, y: Float32Array): number {
  checkSameLength('cosineSimilarity', x, y);
  let dot = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < x.length; i++) {
    dot += x[i]! * y[i]!;
    xx += x[i]! ** 2;
    yy += y[i]! ** 2;
  }
  return dot / Math.sqrt(xx * yy);
}

/**
 * Returns the signal-to-quantization-noise ratio in decibels, 10·log10(Σx² / Σ(x - y)²), of y against the reference x;
 * infinite if they are equal and not zero, -infinite if x alone is zero, NaN if both are zero or empty.
 *
 * @throws RangeError if x and y differ in length.
 */
export function sqnrDecibels(x: Float32Array, y: Float32Array): number {
  checkSameLength('sqnrDecibels', x, y);
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < x.length; i++) {
    signal += x[i]! ** 2;
    noise += (x[i]! - y[i]!) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

/**
 * Returns the kurtosis m4 / m2² about the mean (Pearson's, not the excess: 3 for a normal distribution, without bias
 * correction); NaN for constant or empty arrays.
 */
export function kurtosis(x: Float32Array): number {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  let m2 = 0;
  let m4 = 0;
  for (const value of x) {
    const square = (value - mean) ** 2;
    m2 += square;
    m4 += square ** 2;
  }
  return (m4 * x.length) / m2 ** 2;
}

function checkSameLength(caller: string, x: Float32Array, y: Float32Array): void {
  if (x.length !== y.length) {
    throw new RangeError(`${caller}: x and y must have the same length, but got ${x.length} and ${y.length}`);
  }
}

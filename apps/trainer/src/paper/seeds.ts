/**
 * Returns the seeds that a flag names: `3` is seeds 1 to 3, `1,2,5` are these, and `7,` is 7 alone.
 *
 * @throws RangeError when it is neither, or a seed occurs twice.
 */
export function parseSeeds(text: string): number[] {
  const parts = text.replace(/,$/, '').split(',');
  const numbers = parts.map((part) => (/^\d{1,10}$/.test(part.trim()) ? Number(part) : NaN));
  const isCount = !text.includes(',');
  const seeds =
    isCount && numbers[0]! <= 100 ? Array.from({ length: numbers[0]! }, (_, i) => i + 1) : numbers;
  const isValid = seeds.every((seed) => Number.isInteger(seed) && seed < 2 ** 32);
  if (
    seeds.length === 0 ||
    !isValid ||
    (isCount && numbers[0]! > 100) ||
    new Set(seeds).size < seeds.length
  ) {
    throw new RangeError(
      `--seeds must be how many, from 1 to 100, or a list without repetition such as 1,2,5, but got ${JSON.stringify(text)}`,
    );
  }
  return seeds;
}

/**
 * A seeded stream of numbers: sfc32 (Chris Doty-Humphrey, PractRand), a counter-based 128-bit generator of which
 * twelve rounds are dropped after seeding. The stream depends on the seed and the label only.
 */
export class RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private spare: number | undefined;

  /**
   * @param seed - any integer; its low 32 bits count
   * @param label - separates the streams of one seed
   */
  constructor(seed: number, label: string) {
    this.a = seed | 0;
    this.b = hash(label);
    this.c = hash(`${label} ${seed | 0}`);
    for (let round = 0; round < 12; round++) this.next();
  }

  /** A uniform 32-bit unsigned integer. */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A uniform number in [0, 1), a multiple of 2⁻³². */
  uniform(): number {
    return this.next() / 2 ** 32;
  }

  /**
   * A standard normal number, by Marsaglia's polar method: of the operations on the way only `Math.log` may differ
   * between JavaScript engines, by a last bit of its float64 that rounding to float32 all but always hides.
   */
  normal(): number {
    if (this.spare !== undefined) {
      const spare = this.spare;
      this.spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spare = y * factor;
      return x * factor;
    }
  }
}

/** FNV-1a over the UTF-16 units of a text. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}

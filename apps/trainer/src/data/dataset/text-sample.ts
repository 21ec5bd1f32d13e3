/** Bytes of text that a vocabulary is trained on, at most. */
export const sampleBytes: number = 2 ** 25;

/** A sample of texts that does not grow beyond a size, however many are offered. */
export interface TextSample {
  /** Offers a text with its number in [0, 1); texts with the smallest numbers stay. */
  offer(text: string, number: number): void;
  /** Returns the texts that stayed, in UTF-8 and in the order in which they were offered. */
  texts(): readonly Uint8Array<ArrayBuffer>[];
}

/**
 * Returns an empty sample. It keeps every text until they have more than `limit` bytes together; then it halves the
 * number below which a text must lie, as often as needed. So between half the limit and the limit is kept of a large
 * input, spread evenly over it, and which texts these are does not depend on their order.
 *
 * @param limit - UTF-8 bytes at most.
 */
export function createTextSample(limit: number = sampleBytes): TextSample {
  // Bytes, as they take half the room of most strings, and do not keep a larger text alive that they are cut from.
  const encoder = new TextEncoder();
  let kept: { text: Uint8Array<ArrayBuffer>; number: number }[] = [];
  let bytes = 0;
  let threshold = 1;
  return {
    offer(text, number) {
      if (number >= threshold) return;
      const encoded = encoder.encode(text);
      kept.push({ text: encoded, number });
      bytes += encoded.length;
      while (bytes > limit && kept.length > 1) {
        threshold /= 2;
        kept = kept.filter((item) => item.number < threshold);
        bytes = kept.reduce((sum, item) => sum + item.text.length, 0);
      }
    },
    texts: () => kept.map(({ text }) => text),
  };
}

/**
 * Checks the values of token ids, where they can be read at once (cpu, wasm).
 *
 * @throws RangeError naming the first one outside `[0, vocabSize)`
 */
export function checkIds(functionName: string, argument: string, ids: Int32Array, vocabSize: number): void {
  for (let m = 0; m < ids.length; m++) {
    const id = ids[m]!;
    if (id < 0 || id >= vocabSize) {
      throw new RangeError(
        `${functionName}: ${argument} must be in 0…${vocabSize - 1}, but got ${id} at index ${m}; check that the tokenizer fits the model`,
      );
    }
  }
}

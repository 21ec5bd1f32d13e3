/** Training reached a NaN or an infinity and stopped; the newest checkpoint is from before that. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
  /** The optimizer step at which it was seen. */
  readonly step: number;
  /** The first tensor of that step that is not finite. */
  readonly tensor: string;

  constructor(step: number, tensor: string, wayOut: string) {
    super(`train: the loss must be finite, but at step ${step} the ${tensor} is not; ${wayOut}`);
    this.step = step;
    this.tensor = tensor;
  }
}

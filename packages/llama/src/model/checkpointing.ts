/**
 * What of a block is kept for the backward pass: with `'none'` all that its ops save, with `'block'` its input only, so
 * that the block is run again.
 */
export type Checkpointing = 'none' | 'block';

/** The values of {@link Checkpointing}. */
export const checkpointings: readonly Checkpointing[] = ['none', 'block'];

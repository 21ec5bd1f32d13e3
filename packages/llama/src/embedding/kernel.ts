/** Kernel name: inputs ids int32 `[M]` and table `[V, D]`; output `[M, D]`. */
export const EMBEDDING = 'NibbleEmbedding';

/** Kernel name: inputs dy `[M, D]` and ids int32 `[M]`; output dTable `[V, D]`. */
export const EMBEDDING_GRAD = 'NibbleEmbeddingGrad';

/** Attributes of {@link EMBEDDING_GRAD}. */
export type EmbeddingGradAttrs = { vocabSize: number };

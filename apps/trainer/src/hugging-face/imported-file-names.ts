/** Where a run keeps the ids that begin and end texts, in the form of Hugging Face. */
export const GENERATION_CONFIG = 'generation_config.json';

/** Files beside the tokenizer that say how it is used; kept as they are. */
export const tokenizerSideFiles = ['tokenizer_config.json', 'special_tokens_map.json'] as const;

/** All that a run may have of the model that it was made of, beside weights and tokenizer. */
export const importedFileNames: readonly string[] = [GENERATION_CONFIG, ...tokenizerSideFiles];

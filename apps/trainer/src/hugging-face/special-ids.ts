import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { GENERATION_CONFIG } from './imported-file-names.ts';
import type { Json } from './model-folder.ts';

/** Ids that begin, end and fill up texts. */
export interface SpecialIds {
  readonly bos: number | null;
  readonly eos: readonly number[];
  readonly pad: number | null;
}

/**
 * The ids of a Hugging Face model: of `generation_config.json`, else of `config.json`, else LLaMA's defaults.
 *
 * @param vocabSize - Rows of the model's embedding
 * @throws TypeError when one is no id of the model, naming the field
 */
export function specialIdsOf(
  config: Json,
  generationConfig: Json | undefined,
  vocabSize: number,
): SpecialIds {
  const read = (field: string, fallback: readonly number[]): number[] => {
    // In transformers, null is none, and what is absent is LLaMA's.
    const says = generationConfig !== undefined && Object.hasOwn(generationConfig, field);
    const value = says ? generationConfig[field] : config[field];
    if (value === undefined) return fallback.filter((id) => id < vocabSize);
    const written: readonly unknown[] = Array.isArray(value) ? value : [value];
    return written.flatMap((id) => {
      // The first LLaMA has -1 for no padding.
      if (id === null || id === -1) return [];
      if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < vocabSize) return [id];
      throw new TypeError(
        `specialIdsOf: ${field} must be an id below ${vocabSize}, a list of ids or null, but is ${JSON.stringify(value)}`,
      );
    });
  };
  return {
    bos: read('bos_token_id', [1])[0] ?? null,
    eos: read('eos_token_id', [2]),
    pad: read('pad_token_id', [])[0] ?? null,
  };
}

/**
 * The ids of a run: those of the model that it was made of, or what its tokenizer says.
 *
 * @param files - What the run has of that model, by file name
 */
export function specialIdsOfRun(files: Readonly<Record<string, string>>, tokenizer: Tokenizer): SpecialIds {
  const generationConfig = files[GENERATION_CONFIG];
  if (generationConfig !== undefined) return specialIdsOf({}, JSON.parse(generationConfig) as Json, Infinity);
  const [bos] = tokenizer.encode('', { addSpecialTokens: true });
  const { endOfTextId } = tokenizer;
  return { bos: bos ?? null, eos: endOfTextId === undefined ? [] : [endOfTextId], pad: null };
}

/** The fields of a `config.json` or `generation_config.json` that hold the ids; null where there is none. */
export function specialIdFields({ bos, eos, pad }: SpecialIds): {
  readonly bos_token_id: number | null;
  readonly eos_token_id: number | readonly number[] | null;
  readonly pad_token_id: number | null;
} {
  const one = eos.length === 1 ? eos[0]! : eos;
  return { bos_token_id: bos, eos_token_id: eos.length === 0 ? null : one, pad_token_id: pad };
}

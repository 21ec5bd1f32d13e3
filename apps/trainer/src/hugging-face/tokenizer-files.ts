import { parseTokenizerFile } from '../tokenizer/tokenizer-file.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { tokenizerSideFiles } from './imported-file-names.ts';
import type { SpecialIds } from './special-ids.ts';
import { tokenizerConfigFor } from './tokenizer-config.ts';

/** What the files of a tokenizer say beside its vocabulary. */
export interface TokenizerFilesOptions {
  readonly tokenizer: Tokenizer;
  readonly ids: SpecialIds;
  /** Positions that the model is meant for. */
  readonly context: number;
}

/**
 * The files that `AutoTokenizer` reads, by name: those that the run has of the model that it was made of, else new ones.
 *
 * @param kept - Files that the run has of that model, by name
 * @param tokenizerJson - Text of the run's `tokenizer.json`
 */
export function tokenizerFiles(
  kept: Readonly<Record<string, string>>,
  tokenizerJson: string,
  { tokenizer, ids, context }: TokenizerFilesOptions,
): Record<string, string> {
  const { added_tokens: addedTokens } = parseTokenizerFile(JSON.parse(tokenizerJson));
  const made = tokenizerConfigFor({ addedTokens, ids, context, textOf: (id) => tokenizer.decode([id]) });
  const [config, specialTokens] = tokenizerSideFiles;
  return {
    'tokenizer.json': tokenizerJson,
    [config]: kept[config] ?? `${JSON.stringify(made.config, null, 2)}\n`,
    [specialTokens]: kept[specialTokens] ?? `${JSON.stringify(made.specialTokens, null, 2)}\n`,
  };
}

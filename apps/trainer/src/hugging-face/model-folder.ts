import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openSafetensors, openSharded, SHARD_INDEX } from '@nibble-ml/llama';
import type { SafetensorsReader } from '@nibble-ml/llama';
import { openFileSource } from '../run/file-source.ts';
import type { FileSource } from '../run/file-source.ts';
import { fileWithin } from './file-within.ts';
import { GENERATION_CONFIG, tokenizerSideFiles } from './imported-file-names.ts';

/** An object of a JSON file, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** A folder with a model as Hugging Face transformers writes it. */
export interface ModelFolder {
  /** Of `config.json`. */
  readonly config: Json;
  /** Of `generation_config.json`, if it is there. */
  readonly generationConfig: Json | undefined;
  /** The text of `tokenizer.json`. */
  readonly tokenizerJson: string;
  /** The texts of the {@link tokenizerSideFiles} that are there, by name. */
  readonly sideFiles: Readonly<Record<string, string>>;
  /** The weights, of one file or of shards; read when they are asked for. */
  readonly weights: SafetensorsReader;
  /** Closes the files of the weights. */
  close(): void;
}

/**
 * Opens a folder with `config.json`, `tokenizer.json` and `model.safetensors`, or shards and their
 * `model.safetensors.index.json`. Only the headers of the weights are read.
 *
 * @throws Error when a file is missing, leads out of the folder or is no JSON; SafetensorsError when the weights are
 * malformed, naming the file and the field
 */
export function openModelFolder(folder: string): ModelFolder {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`openModelFolder: ${folder} must be a folder, but it is not; check the path`);
  }
  const config = readObject(requireFile(folder, 'config.json', 'give the folder of a model'));
  const tokenizerPath = requireFile(
    folder,
    'tokenizer.json',
    'load the tokenizer with AutoTokenizer of transformers and save it there with save_pretrained',
  );
  const generationPath = fileWithin(folder, GENERATION_CONFIG);
  const sideFiles: Record<string, string> = {};
  for (const name of tokenizerSideFiles) {
    const path = fileWithin(folder, name);
    if (path === undefined) continue;
    readObject(path);
    sideFiles[name] = readFileSync(path, 'utf8');
  }
  return {
    config,
    generationConfig: generationPath === undefined ? undefined : readObject(generationPath),
    tokenizerJson: readFileSync(tokenizerPath, 'utf8'),
    sideFiles,
    ...openWeights(folder),
  };
}

function openWeights(folder: string): Pick<ModelFolder, 'weights' | 'close'> {
  const files: FileSource[] = [];
  const close = (): void => {
    for (const file of files) file.close();
  };
  const open = (name: string, wayOut: string): FileSource => {
    const file = openFileSource(requireFile(folder, name, wayOut), name);
    files.push(file);
    return file;
  };
  try {
    const index = fileWithin(folder, SHARD_INDEX);
    if (existsSync(join(folder, 'model.safetensors')) || index === undefined) {
      const wayOut = `nor ${SHARD_INDEX}; save the model as safetensors with save_pretrained of transformers`;
      return { weights: openSafetensors(open('model.safetensors', wayOut)), close };
    }
    const indexText = readFileSync(index, 'utf8');
    return { weights: openSharded(indexText, (shard) => open(shard, `but ${SHARD_INDEX} names it`)), close };
  } catch (error) {
    close();
    throw error;
  }
}

function requireFile(folder: string, name: string, wayOut: string): string {
  const path = fileWithin(folder, name);
  if (path === undefined) {
    throw new Error(`openModelFolder: ${folder} must have ${name}, but it has none; ${wayOut}`);
  }
  return path;
}

/**
 * Reads a JSON object from a file.
 *
 * @throws Error naming the file when it holds none
 */
function readObject(path: string): Json {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`readObject: ${path} must be JSON, but cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new Error(`readObject: ${path} must hold a JSON object, but holds another value`);
  }
  return json as Json;
}

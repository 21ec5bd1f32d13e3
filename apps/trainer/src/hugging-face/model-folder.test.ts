import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SafetensorsError } from '@nibble-ml/llama';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { drawWeights, smallLlama, writeModel } from '../../test/hugging-face-model.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { openModelFolder } from './model-folder.ts';

let root = '';
let folder = '';
const tensors = drawWeights(smallLlama, 'F32', 1);
const tokenizerJson = JSON.stringify(trainBpe('the whale', { vocabSize: 260 }));
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-folder-'));
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(root, 'model-'));
  writeModel(folder, { config: smallLlama, tensors, dtype: 'F32', tokenizerJson });
});

function open(path: string): string[] {
  const model = openModelFolder(path);
  model.close();
  return [...model.weights.tensors.keys()];
}

/** Moves a file of the folder elsewhere and puts a link in its place. */
function linkTo(name: string, target: string): void {
  mkdirSync(join(target, '..'), { recursive: true });
  renameSync(join(folder, name), target);
  symlinkSync(target, join(folder, name));
}

describe('openModelFolder', () => {
  it('reads one file, or shards, the one file first', () => {
    const names = [...tensors.keys()];
    expect(open(folder)).toEqual(names);
    const sharded = join(folder, 'sharded');
    writeModel(sharded, { config: smallLlama, tensors, dtype: 'F32', tokenizerJson, shards: 3 });
    expect(open(sharded).toSorted()).toEqual(names.toSorted());
    // As transformers does: an index beside one file is not looked at.
    writeFileSync(join(folder, 'model.safetensors.index.json'), '{');
    expect(open(folder)).toEqual(names);
  });

  it('keeps the files of the tokenizer as they are', () => {
    const text = '{ "bos_token":"<s>" }';
    writeFileSync(join(folder, 'tokenizer_config.json'), text);
    const model = openModelFolder(folder);
    model.close();
    expect(model).toMatchObject({ sideFiles: { 'tokenizer_config.json': text }, tokenizerJson });
    expect(model.generationConfig).toBeUndefined();
    writeFileSync(join(folder, 'tokenizer_config.json'), '[');
    expect(() => open(folder)).toThrow('tokenizer_config.json must be JSON');
  });

  it.each([
    ['config.json', 'must have config.json, but it has none; give the folder of a model'],
    ['tokenizer.json', 'must have tokenizer.json, but it has none; load the tokenizer with AutoTokenizer'],
    ['model.safetensors', 'must have model.safetensors, but it has none; nor model.safetensors.index.json'],
  ])('says what to do without %s', (name, message) => {
    rmSync(join(folder, name));
    expect(() => open(folder)).toThrow(message);
    expect(() => open(join(folder, 'nothing'))).toThrow('must be a folder, but it is not');
  });

  it.each(['config.json', 'tokenizer.json', 'generation_config.json', 'model.safetensors'])(
    'refuses %s that is a link out of the folder',
    (name) => {
      writeFileSync(join(folder, 'generation_config.json'), '{}');
      linkTo(name, join(root, 'elsewhere', `${name}-${Math.random()}`));
      expect(() => open(folder)).toThrow(/must be a file of its folder, but is a link to .*elsewhere/);
    },
  );

  it('refuses shards that are links out of the folder, or to nothing', () => {
    const sharded = join(folder, 'sharded');
    writeModel(sharded, { config: smallLlama, tensors, dtype: 'F32', tokenizerJson, shards: 2 });
    folder = sharded;
    linkTo('model-00002-of-00002.safetensors', join(root, 'elsewhere', 'shard'));
    expect(() => open(folder)).toThrow(/00002\.safetensors must be a file of its folder, but is a link/);
    rmSync(join(root, 'elsewhere', 'shard'));
    expect(() => open(folder)).toThrow('must have model-00002-of-00002.safetensors, but it has none');
  });

  it("takes links within the folder, and those of Hugging Face's cache", () => {
    linkTo('model.safetensors', join(folder, 'blob'));
    expect(open(folder)).toHaveLength(tensors.size);
    const cache = join(root, 'models--owner--name');
    const snapshot = join(cache, 'snapshots', '0123abcd');
    writeModel(snapshot, { config: smallLlama, tensors, dtype: 'F32', tokenizerJson });
    folder = snapshot;
    for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) {
      linkTo(name, join(cache, 'blobs', name));
    }
    expect(open(snapshot)).toHaveLength(tensors.size);
    rmSync(join(snapshot, 'model.safetensors'));
    symlinkSync(join(cache, 'snapshots'), join(snapshot, 'model.safetensors'));
    expect(() => open(snapshot)).toThrow('must be a file of its folder, but is a link to');
  });

  it('names the file and the field of weights that are malformed', () => {
    writeFileSync(join(folder, 'model.safetensors'), 'garbage!garbage!');
    let error: unknown;
    try {
      open(folder);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SafetensorsError);
    expect(error).toMatchObject({ file: 'model.safetensors', field: 'the header length' });
  });
});

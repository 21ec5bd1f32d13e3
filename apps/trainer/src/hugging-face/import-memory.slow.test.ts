import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeHeader, fromHuggingFaceConfig, huggingFaceTensors, tensorBytes } from '@nibble-ml/llama';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallLlama } from '../../test/hugging-face-model.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';

const MIB = 2 ** 20;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-import-memory-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Writes a model of this depth without ever holding it. */
function writeLargeModel(name: string, layers: number): string {
  const folder = join(root, name);
  mkdirSync(folder);
  const wide = { hidden_size: 1024, intermediate_size: 4096, vocab_size: 16_384, num_hidden_layers: layers };
  const json = { ...smallLlama, ...wide };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(json));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(trainBpe('the whale', { vocabSize: 260 })));
  const tensors = huggingFaceTensors(fromHuggingFaceConfig(json, name), 'BF16');
  const file = openSync(join(folder, 'model.safetensors'), 'wx');
  writeSync(file, encodeHeader(tensors));
  const chunk = new Uint8Array(MIB).map((_, i) => (i % 2 === 0 ? i % 251 : 0x3c));
  for (const tensor of tensors) {
    for (let left = tensorBytes(tensor); left > 0; left -= MIB)
      writeSync(file, chunk, 0, Math.min(left, MIB));
  }
  closeSync(file);
  return folder;
}

/** Imports and exports a model in a process of its own: the most memory that it had, in bytes. */
function peakOf(folder: string): number {
  const [importer, exporter] = ['import-hugging-face.ts', 'export-hugging-face.ts'].map(
    (file) => new URL(file, import.meta.url).href,
  );
  const script = `
    const { importHuggingFace } = await import(${JSON.stringify(importer)});
    const { exportHuggingFace } = await import(${JSON.stringify(exporter)});
    importHuggingFace(${JSON.stringify(folder)}, { out: ${JSON.stringify(`${folder}-run`)} });
    exportHuggingFace(${JSON.stringify(`${folder}-run`)}, ${JSON.stringify(`${folder}-out`)}, { dtype: 'f16' });
    console.log('peak', process.resourceUsage().maxRSS * 1024);`;
  const flags = ['--conditions=@nibble-ml/source', '--input-type=module', '--eval', script];
  const out = execFileSync(process.execPath, flags, { encoding: 'utf8', cwd: import.meta.dirname });
  return Number(/^peak (\d+)$/m.exec(out)![1]);
}

describe('importing and exporting a large model', { timeout: 600_000 }, () => {
  it('takes the memory of a small one and a constant', () => {
    const [small, large] = [writeLargeModel('small', 1), writeLargeModel('large', 16)];
    const [fewer, more] = [small, large].map((folder) => statSync(join(folder, 'model.safetensors')).size);
    expect(more! - fewer!).toBeGreaterThan(400 * MIB);
    const [before, after] = [peakOf(small), peakOf(large)];
    console.log(
      `peak memory: ${Math.round(before / MIB)} MiB for ${Math.round(fewer! / MIB)} MiB of weights, ${Math.round(after / MIB)} MiB for ${Math.round(more! / MIB)} MiB`,
    );
    expect(after - before).toBeLessThan(100 * MIB);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findModel, parameterShapes } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultText } from '../data/default-text.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { importGguf } from './import-gguf.ts';
import { modelGguf } from './model-gguf.ts';
import { planGguf } from './plan-gguf.ts';
import { replaceFileWith } from './replace-file-with.ts';
import { tokenizerMetadata } from './tokenizer-metadata.ts';

const folder = mkdtempSync(join(tmpdir(), 'nibble-gguf-memory-'));
const MEBIBYTE = 2 ** 20;
/** What an import or export may hold beyond the size of the file: pieces, and a parameter as it is encoded. */
const CONSTANT = 160 * MEBIBYTE;

/** Peak memory of a process that runs some lines with our modules, in bytes. */
function peakBytes(module: string, run: string): number {
  const url = new URL(module, import.meta.url).href;
  const lines = `import * as m from '${url}'; ${run}; console.log(process.resourceUsage().maxRSS)`;
  const args = ['--conditions=@nibble-ml/source', '--input-type=module', '-e', lines];
  const output = execFileSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  });
  return 1024 * Number(output.trim().split('\n').at(-1));
}

/** A model of 76 million weights, in MXFP4. */
function writeModel(file: string): void {
  const config = { ...findModel('qat-74m'), vocabSize: 1024, context: 256 };
  const phases = [{ stepsDone: 0, recipe: findRecipe('f32'), isLate: false }];
  const shapes = new Map(parameterShapes(config).map(({ name, shape }) => [name, shape]));
  const tokenizer = trainBpe(defaultText().text.slice(0, 100_000), { vocabSize: 1024 });
  const { chunks } = modelGguf({
    config,
    plan: planGguf({ config, phases, type: 'MXFP4', weights: 'master', rest: 'BF16' }),
    type: 'MXFP4',
    name: 'large',
    metadata: tokenizerMetadata(tokenizer, 1024, { bos: null, eos: [0], pad: null }),
    parameter: (name) => {
      const shape = shapes.get(name)!;
      const values = new Float32Array(shape.reduce((product: number, length) => product * length, 1));
      for (let i = 0; i < values.length; i++) values[i] = ((i * 48_271) % 65_521) / 65_521 - 0.5;
      return { shape, values };
    },
  });
  replaceFileWith(file, chunks);
}

describe('memory', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('of an import and an export exceeds the size of the file by no more than a constant', () => {
    const file = join(folder, 'large.gguf');
    writeModel(file);
    const size = statSync(file).size;
    const [out, again] = [join(folder, 'run'), join(folder, 'again.gguf')];
    const base = peakBytes('./import-gguf.ts', '');
    const imported = peakBytes('./import-gguf.ts', `m.importGguf('${file}', { out: '${out}' })`) - base;
    const exported =
      peakBytes('./export-gguf.ts', `m.exportGguf('${out}', { type: 'F32', out: '${again}' })`) - base;
    console.log(
      `a file of ${(size / MEBIBYTE).toFixed(0)} MiB: import ${(imported / MEBIBYTE).toFixed(0)} MiB; export to ${(statSync(again).size / MEBIBYTE).toFixed(0)} MiB: ${(exported / MEBIBYTE).toFixed(0)} MiB`,
    );
    expect(imported).toBeLessThan(size + CONSTANT);
    // The weights in float32 are seven times the file; the export holds one parameter of them at a time.
    expect(exported).toBeLessThan(CONSTANT);
    expect(() => importGguf(again, { out: join(folder, 'back') })).not.toThrow();
  });
});

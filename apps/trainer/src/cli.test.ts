import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runNibble } from '../test/run-nibble.ts';
import { defaultText } from './data/default-text.ts';

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-cli-'));
  writeFileSync(join(cwd, 'text.txt'), defaultText().text.slice(0, 60_000));
  writeFileSync(join(cwd, 'empty.txt'), '');
  writeFileSync(join(cwd, 'binary.txt'), new Uint8Array([72, 105, 0, 255, 254]));
  writeFileSync(join(cwd, 'short.txt'), 'Call me Ishmael.\n');
  writeFileSync(join(cwd, 'misspelt.toml'), 'lerningRate = 0.001\n');
  writeFileSync(join(cwd, 'range.toml'), 'learningRate = -1\n');
  writeFileSync(join(cwd, 'syntax.toml'), 'steps = = 3\n');
  mkdirSync(join(cwd, 'no-run'));
  mkdirSync(join(cwd, 'full'));
  writeFileSync(join(cwd, 'full', 'precious.txt'), 'mine');
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const SMALL = [
  '--model',
  'nano',
  '--vocab-size',
  '300',
  '--context',
  '32',
  '--sample-tokens',
  '8',
  '--backend',
  'wasm',
];

describe('nibble with bad input', () => {
  it.each([
    [['train', '--recipee', 'f32'], /unknown option '--recipee'[\s\S]*--recipe/],
    [['trian'], /unknown command 'trian'[\s\S]*train/],
    [['train', '--recipe', 'fp4-papr'], /recipe must be one of .* got "fp4-papr".*did you mean "fp4-paper"/],
    [['train', '--recipe', 'fp4-paper-k0.5'], /recipe must be one of .* got "fp4-paper-k0\.5"/],
    [['recipes', 'fp4'], /there is no recipe "fp4"; the recipes are f32, bf16/],
    [['train', '--gradients', 'fp8'], /gradients must be one of f32, bf16, e5m2, int8, nvfp4, but got "fp8"/],
    [
      ['train', '--recipe', 'f32', '--gradients', 'int8'],
      /must be for some layer, but f32 lists none whose gradients int8/,
    ],
    [['train', '--model', 'tiney'], /model must be one of .* got "tiney".*did you mean "tiny"/],
    [['train', '--backend', 'webgl'], /backend must be one of .* got "webgl"/],
    [['train', '--data', 'missing.txt'], /missing\.txt must be a text file, but there is no such file/],
    [['train', '--data', 'empty.txt'], /empty\.txt must hold text, but it is empty/],
    [['train', '--data', 'binary.txt'], /binary\.txt must be UTF-8 text.*byte offset 2/],
    [['train', '--data', 'no-run'], /no-run must hold documents \(\.txt.*but there are none/],
    [['train', '--data', 'short.txt'], /short\.txt.*at least 129 tokens/],
    [['train', '--data', 'text.txt', '--context', '100000'], /text\.txt.*at least 100,?001 tokens/],
    [['train', '--steps', '0'], /steps must be a whole number from 1/],
    [['train', '--steps', 'many'], /steps must be a whole number from 1 .* but got "many"/],
    [['train', '--learning-rate', '-1'], /learningRate must be a number above 0/],
    [['train', '--config', 'misspelt.toml'], /"lerningRate" is not a setting.*did you mean "learningRate"/],
    [['train', '--config', 'range.toml'], /learningRate must be .* but got -1 \(in range\.toml:1:16\)/],
    [['train', '--config', 'syntax.toml'], /syntax\.toml:1:\d+/],
    [['train', '--out', 'full'], /full must be a new or empty folder/],
    [['train', '--out', '/proc/nibble'], /\/proc\/nibble.*(writ|new folder)/],
    [['train', '--resume', 'no-run'], /no-run must be the folder of a run, but it has no config\.json/],
    [['train', '--resume', 'gone'], /gone must be the folder of a run, but it does not exist/],
    [
      ['train', '--resume', 'no-run', '--steps', '5'],
      /--resume goes on with the run's own settings, but --steps was given/,
    ],
    [['sample', 'no-run'], /no-run must be the folder of a run/],
    [['sample', 'no-run', '--tokens', '0'], /--tokens must be a whole number from 1/],
    [['eval', 'no-run', '--backend', 'wasn'], /--backend must be one of .*did you mean "wasm"/],
    [['fit', 'text.txt'], /line 1/],
  ])('%j: one clear message, a non-zero exit, nothing written', async (args, message) => {
    const before = readdirSync(cwd, { recursive: true }).toSorted();
    const { code, stdout, stderr } = await runNibble(args, { cwd });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
    expect(stdout).not.toContain('Error');
    expect(readdirSync(cwd, { recursive: true }).toSorted()).toEqual(before);
  });

  it('says what to install when WebGPU has no adapter', async () => {
    const env = { VK_DRIVER_FILES: '/nonexistent/icd.json', VK_ICD_FILENAMES: '/nonexistent/icd.json' };
    const { code, stderr } = await runNibble(['train', '--backend', 'webgpu', '--data', 'text.txt'], {
      cwd,
      env,
    });
    expect(stderr).toMatch(/--backend webgpu: .*found no adapter[\s\S]*mesa-vulkan-drivers/);
    expect(code).toBe(1);
    expect(existsSync(join(cwd, 'runs'))).toBe(false);
  });
});

describe('nibble', () => {
  it.each([['--help'], ['train', '--help'], ['doctor', '--help'], ['--version']])(
    '%j answers',
    async (...args) => {
      const { code, stdout } = await runNibble(args, { cwd });
      expect(code).toBe(0);
      expect(stdout).toMatch(/Usage: nibble|^\d+\.\d+\.\d+/);
    },
  );

  it('lists recipes and models as JSON', async () => {
    const names = JSON.parse((await runNibble(['recipes', '--json'], { cwd })).stdout) as { name: string }[];
    expect(names.map(({ name }) => name)).toContain('fp4-paper');
    const one = await runNibble(['recipes', 'fp4-paper-k3', '--json'], { cwd });
    expect(JSON.parse(one.stdout)).toMatchObject({ layer: { weights: { estimator: { k: 3 } } } });
    const { stdout } = await runNibble(['recipes', 'fp4-g32-fc2a8'], { cwd });
    expect(stdout).toMatch(/^fc2\n {2}fprop {2}E4M3 by 32 x E2M1 by 32, values in f32 products/m);
    expect(stdout).toMatch(
      /^qkv, o, fc1, fc2 elsewhere\n {2}fprop {2}E2M1 by 32 x E2M1 by 32, exact integer/m,
    );
    const models = JSON.parse((await runNibble(['models', '--json'], { cwd })).stdout) as {
      nonEmbeddingParameters: number;
      memoryBytes: Record<string, { activations: number; checkpointedActivations: number }>;
    }[];
    expect(
      models.map(({ nonEmbeddingParameters }) => Math.round(nonEmbeddingParameters / 1e4) / 100),
    ).toContain(594.54);
    for (const { memoryBytes } of models) {
      const [f32, fp4] = [memoryBytes['f32']!, memoryBytes['fp4-paper']!];
      expect(fp4.activations).toBeLessThan(f32.activations);
      expect(fp4.checkpointedActivations).toBeLessThan(0.85 * fp4.activations);
    }
  });

  it('trains, evaluates and samples, the same twice', async () => {
    const train = async (out: string): Promise<{ lines: Record<string, unknown>[]; code: number | null }> => {
      const args = [
        'train',
        '--data',
        'text.txt',
        ...SMALL,
        '--steps',
        '12',
        '--seed',
        '7',
        '--out',
        out,
        '--json',
      ];
      const { stdout, code } = await runNibble(args, { cwd });
      return { code, lines: jsonLines(stdout) };
    };
    const [a, b] = [await train('run-a'), await train('run-b')];
    expect(a.code).toBe(0);
    expect(a.lines[0]).toMatchObject({
      type: 'start',
      run: 'run-a',
      backend: 'wasm',
      recipe: 'fp4-paper',
      seed: 7,
    });
    const steps = a.lines.filter(({ type }) => type === 'step');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(b.lines.filter(({ type }) => type === 'step').map(({ loss }) => loss)).toEqual(
      steps.map(({ loss }) => loss),
    );
    const done = a.lines.at(-1)!;
    expect(Object.keys(done)).toEqual(
      expect.arrayContaining([
        'run',
        'steps',
        'tokens',
        'trainLoss',
        'valLoss',
        'bitsPerByte',
        'unigramNats',
        'seconds',
      ]),
    );
    expect(done).toMatchObject({ type: 'done', steps: 12, tokens: 12 * 8 * 32 });

    const evaluated = await runNibble(['eval', 'run-a', '--backend', 'wasm', '--json'], { cwd });
    expect(JSON.parse(evaluated.stdout)).toMatchObject({
      step: 12,
      loss: done['valLoss'],
      bitsPerByte: done['bitsPerByte'],
    });
    const sampled = (): ReturnType<typeof runNibble> =>
      runNibble(['sample', 'run-a', '--prompt', 'The whale', '--tokens', '12', '--backend', 'wasm'], { cwd });
    const text = (await sampled()).stdout;
    expect(text).toMatch(/^The whale/);
    expect((await sampled()).stdout).toBe(text);
    expect(readdirSync(join(cwd, 'run-a'))).toEqual(
      expect.arrayContaining([
        'checkpoints',
        'config.json',
        'metrics.jsonl',
        'report.html',
        'tokenizer.json',
      ]),
    );
  });

  it('stops at Ctrl-C with a checkpoint, and resumes to the bits of the uninterrupted run', async () => {
    const args = [
      'train',
      '--data',
      'text.txt',
      ...SMALL,
      '--steps',
      '40',
      '--checkpoint-every',
      '10',
      '--json',
    ];
    const whole = await runNibble([...args, '--out', 'whole'], { cwd });
    const cut = await runNibble([...args, '--out', 'cut'], {
      cwd,
      onOutput: (stdout) => (stdout.includes('"step":13,') ? 'SIGINT' : undefined),
    });
    expect(cut.code).toBe(130);
    const stopped = JSON.parse(cut.stdout.trim().split('\n').at(-1)!) as { type: string; step: number };
    expect(stopped.type).toBe('interrupted');
    expect(stopped.step).toBeLessThan(40);
    const resumed = await runNibble(['train', '--resume', 'cut', '--json'], { cwd });
    expect(resumed.code).toBe(0);
    const losses = (stdout: string): unknown[] =>
      jsonLines(stdout)
        .filter(({ type }) => type === 'step')
        .map(({ step, loss, gradNorm }) => [step, loss, gradNorm]);
    expect([...losses(cut.stdout), ...losses(resumed.stdout)]).toEqual(losses(whole.stdout));
    expect(jsonLines(resumed.stdout).at(-1)!['valLoss']).toBe(jsonLines(whole.stdout).at(-1)!['valLoss']);
  });

  it('refuses to resume from a torn checkpoint, naming the file', async () => {
    const newest = readdirSync(join(cwd, 'whole', 'checkpoints'))
      .toSorted()
      .at(-1)!;
    const file = join(cwd, 'whole', 'checkpoints', newest, 'model.safetensors');
    writeFileSync(file, 'torn');
    const { code, stderr } = await runNibble(['train', '--resume', 'whole'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('model.safetensors');
  });
});

function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

import type { Command } from 'commander';
import pc from 'picocolors';
import { fp4KernelName, tuneFp4Kernels } from '@nibble-ml/fp4-gemm';
import type { WebGpuChoice } from '@nibble-ml/fp4-gemm';
import { chooseBackend } from '../backend/choose-backend.ts';
import type { ChosenBackend } from '../backend/choose-backend.ts';
import { selfTest } from '../backend/self-test.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { flagOf } from '../config/written-setting.ts';
import { doctorFit } from './doctor-fit.ts';
import type { DoctorFitFlags } from './doctor-fit.ts';
import { addSettingOptions } from './train-options.ts';

const FIT_HEADING = 'With --fit:';
/** The settings that memory depends on. */
const FIT_SETTINGS: ReadonlySet<keyof TrainConfig> = new Set([
  'vocabSize',
  'context',
  'model',
  'init',
  'recipe',
  'gradients',
  'lateRecipe',
  'backend',
  'checkpointing',
  'moments',
  'gradientSums',
]);

interface Finding {
  readonly backend: 'webgpu' | 'wasm';
  readonly available: boolean;
  readonly detail: string;
  readonly kernels?: Readonly<Record<string, string>>;
  /** The kernel variants measured on a WebGPU device, and those that run. */
  readonly choices?: readonly WebGpuChoice[];
  readonly selfTest?: string;
}

/** `nibble doctor`: what this machine offers, what would be chosen and why, and whether it computes the right bits. */
export function addDoctorCommand(program: Command, setExitCode: (code: number) => void): void {
  const command = program
    .command('doctor')
    .description(
      'check the adapter, the kernels and the self-test, and say what to install; with --fit, what batch fits into memory',
    )
    .option('--json', 'print the findings as JSON');
  command
    .optionsGroup(FIT_HEADING)
    .option('--fit', 'find the largest micro-batch that fits, and how many of them make a step')
    .option('--memory <size>', 'memory of the device, such as 8GB (without it, what is free; a GPU needs it)')
    .option('--tokens-per-step <count>', 'tokens of an optimizer step (without it, as the settings say)')
    .option('--measure', 'take a real step of the size that was found, and compare')
    .option('--config <file>', 'TOML or JSON file with the settings of the run')
    .option('--preset <name>', 'a preset of "nibble presets"');
  addSettingOptions(command, { only: FIT_SETTINGS, under: FIT_HEADING })
    .addHelpText(
      'after',
      '\nExamples:\n  nibble doctor\n  nibble doctor --fit --preset paper-400m --memory 24GB\n  nibble doctor --fit --model tiny --recipe f32 --context 512 --tokens-per-step 65536 --measure',
    )
    .action(async (options: Record<string, unknown>) => {
      const { fit, json, config, tokensPerStep, memory, measure, ...settings } = options;
      if (fit !== true) {
        const { fit: _, json: __, ...others } = options;
        refuseWithoutFit(Object.keys(others));
      } else {
        const flags = { json, config, tokensPerStep, memory, measure, settings } as DoctorFitFlags;
        if (!(await doctorFit(flags))) setExitCode(1);
        return;
      }
      const findings = [await examine('webgpu'), await examine('wasm')];
      const chosen = await chooseBackend('auto');
      const passed = findings.every(
        (finding) => !finding.available || finding.selfTest?.startsWith('passed') === true,
      );
      if (!passed) setExitCode(1);
      if (json === true) {
        const { name, adapter, reason } = chosen;
        console.log(
          JSON.stringify({ node: process.version, findings, chosen: { name, adapter, reason } }, null, 2),
        );
        return;
      }
      console.log(`node     ${process.version} on ${process.platform} ${process.arch}`);
      for (const finding of findings) {
        console.log(
          `${finding.available ? pc.green('✓') : pc.red('✗')} ${pc.bold(finding.backend.padEnd(6))} ${finding.detail}`,
        );
        for (const [gemm, kernel] of Object.entries(finding.kernels ?? {}))
          console.log(`    ${gemm.padEnd(9)} ${kernel}`);
        for (const choice of finding.choices ?? []) console.log(`    ${describeChoice(choice)}`);
        if (finding.choices?.some(isExperimental) === true) {
          console.log(
            '    subgroup-matrix is experimental: checked bit by bit above, but no GPU has run it in the tests of Nibble',
          );
        }
        if (finding.selfTest !== undefined) console.log(`    self-test ${finding.selfTest}`);
      }
      console.log(`\nnibble train runs on ${pc.bold(chosen.name)}: ${chosen.reason}`);
    });
}

function refuseWithoutFit(given: readonly string[]): void {
  if (given.length === 0) return;
  throw new RangeError(
    `${given.map(flagOf).join(', ')} must come with --fit, but --fit was not given; add it`,
  );
}

async function examine(name: 'webgpu' | 'wasm'): Promise<Finding> {
  let backend: ChosenBackend;
  try {
    backend = await chooseBackend(name);
  } catch (error) {
    return { backend: name, available: false, detail: (error as Error).message };
  }
  let kernels: Readonly<Record<string, string>> = { ...fp4KernelName() };
  try {
    const choices = name === 'webgpu' ? await tuneFp4Kernels() : [];
    kernels = { ...fp4KernelName() };
    const { values, milliseconds } = await selfTest();
    backend.checkErrors();
    const outcome = `passed: ${values} values equal to the bit in ${Math.round(milliseconds)} ms`;
    return {
      backend: name,
      available: true,
      detail: backend.adapter,
      kernels,
      ...(choices.length === 0 ? {} : { choices }),
      selfTest: outcome,
    };
  } catch (error) {
    return {
      backend: name,
      available: true,
      detail: backend.adapter,
      kernels,
      selfTest: `FAILED: ${(error as Error).message}`,
    };
  }
}

/** Whether a variant was measured that needs an experimental feature. */
function isExperimental({ timings }: WebGpuChoice): boolean {
  return timings.some(({ variant }) => variant === 'subgroup-matrix');
}

/** One line: the variant, then what each took in milliseconds, or why it may not run. */
function describeChoice({ product, shapeClass, variant, timings }: WebGpuChoice): string {
  const measured = timings.map(({ variant: name, milliseconds, refused }) =>
    milliseconds === undefined
      ? `${name} ${pc.red(`refused: ${refused}`)}`
      : `${name} ${milliseconds.toFixed(2)}`,
  );
  return `${product.padEnd(12)} ${shapeClass.padEnd(6)} ${variant.padEnd(15)} of ${measured.join(', ')} ms`;
}

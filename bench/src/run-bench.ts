import { cpus } from 'node:os';
import type { BenchCommand } from './command-line.ts';
import { ContestantProcess } from './contest/contestant-process.ts';
import type { Effort } from './contest/run-contest.ts';
import { gemmRatios } from './gemm/ratios.ts';
import { gemmShapes, quickGemmShapes, runGemm } from './gemm/run-gemm.ts';
import { quantizeShape, quickQuantizeShape } from './quantize/cases.ts';
import { runQuantize } from './quantize/run-quantize.ts';
import type { BenchBackend, BenchReport, BenchRow, Impl } from './report.ts';
import { stepRatios } from './step/ratios.ts';
import { quickStepTasks, runStep, stepTasks } from './step/run-step.ts';
import { versions } from './versions.ts';

const impls: readonly Impl[] = ['nibble', 'tfjs', 'jax-js'];
const thorough: Effort = { rounds: 7, sampleMs: 30, warmUps: 3 };
const quick: Effort = { rounds: 2, sampleMs: 1, warmUps: 1 };

/** Runs a benchmark on each of the command's backends, or `quantize` in this process. */
export async function runBench(
  command: BenchCommand,
  progress: (text: string) => void,
): Promise<BenchReport> {
  const adapters: string[] = [];
  const rows: BenchRow[] = [];
  if (command.op === 'quantize') {
    adapters.push(`cpu: ${cpus()[0]?.model ?? 'unknown'}`);
    const shape = command.quick ? quickQuantizeShape : quantizeShape;
    rows.push(...runQuantize(shape, command.quick ? quick : thorough, progress));
  }
  const ratios: Record<string, number> = {};
  for (const backend of command.backends) {
    progress(`${backend}: opening ${impls.join(', ')}`);
    const contestants = await openAll(backend);
    try {
      adapters.push(`${backend}: ${contestants[0]!.adapter}`);
      rows.push(...(await measure(command, backend, contestants, progress)));
    } finally {
      await Promise.all(contestants.map((contestant) => contestant.stop()));
    }
    Object.assign(ratios, command.op === 'gemm' ? gemmRatios(backend, rows) : stepRatios(backend, rows));
  }
  progress('');
  return {
    adapter: adapters.join('; '),
    backend: command.op === 'quantize' ? 'cpu' : command.backends.length === 1 ? command.backends[0]! : 'all',
    date: new Date().toISOString(),
    versions: versions(),
    rows,
    ratios,
  };
}

function measure(
  command: BenchCommand,
  backend: BenchBackend,
  contestants: readonly ContestantProcess[],
  progress: (text: string) => void,
): Promise<BenchRow[]> {
  const effort = command.quick ? quick : thorough;
  return command.op === 'gemm'
    ? runGemm(backend, contestants, command.quick ? quickGemmShapes : gemmShapes, effort, progress)
    : runStep(backend, contestants, command.quick ? quickStepTasks : stepTasks, effort, progress);
}

async function openAll(backend: BenchBackend): Promise<ContestantProcess[]> {
  const opened: ContestantProcess[] = [];
  try {
    for (const impl of impls) opened.push(await ContestantProcess.start(impl, backend));
  } catch (error) {
    await Promise.all(opened.map((contestant) => contestant.stop()));
    throw error;
  }
  return opened;
}

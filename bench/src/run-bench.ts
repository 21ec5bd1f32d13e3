import type { BenchCommand } from './command-line.ts';
import { ContestantProcess } from './contest/contestant-process.ts';
import type { Effort } from './contest/run-contest.ts';
import { cpuName } from './contest/tfjs-device.ts';
import { vnni, vnniNotices } from './cpu-features.ts';
import { fitChecks, runFit } from './fit/run-fit.ts';
import { gemmRatios, weightBytesCheck } from './gemm/ratios.ts';
import { gemmShapes, quickGemmShapes, runGemm } from './gemm/run-gemm.ts';
import { memoryChecks, memoryModel, quickMemoryModel, runMemory } from './memory/run-memory.ts';
import { runPeak, withPercentOfPeak } from './peak/run-peak.ts';
import { quantizeShape, quickQuantizeShape } from './quantize/cases.ts';
import { runQuantize } from './quantize/run-quantize.ts';
import type { BenchBackend, BenchReport, BenchRow, Impl } from './report.ts';
import {
  quickSampleShapes,
  runSample,
  sampleChecks,
  sampleRatios,
  sampleShapes,
} from './sample/run-sample.ts';
import { stepCountChecks, stepTimeChecks } from './step/checks.ts';
import { stepRatios } from './step/ratios.ts';
import { quickStepTasks, runStep, stepTasks } from './step/run-step.ts';
import { runTiles } from './tiles/run-tiles.ts';
import { versions } from './versions.ts';

const impls: readonly Impl[] = ['nibble', 'tfjs', 'jax-js'];
const thorough: Effort = { rounds: 15, taskSeconds: 12, sampleMs: 15, warmUps: 3 };
/** A round of steps takes seconds. */
const thoroughSteps: Effort = { ...thorough, taskSeconds: 30 };
const quick: Effort = { rounds: 2, taskSeconds: 20, sampleMs: 1, warmUps: 1 };

/** Runs a benchmark on each of the command's backends, or `sample`, `quantize` and `tiles` in this process. */
export async function runBench(
  command: BenchCommand,
  progress: (text: string) => void,
): Promise<BenchReport> {
  const adapters: string[] = [];
  const notices: string[] = [];
  const effort = effortOf(command);
  const rows: BenchRow[] = [];
  const isLocal = command.backends.length === 0;
  if (isLocal) adapters.push(`cpu: ${cpuName()}`);
  if (command.op === 'fit') {
    const { quick: isQuick, rounds = isQuick ? 1 : 5 } = command;
    rows.push(...(await runFit({ rounds, quick: isQuick }, progress)));
  }
  if (command.op === 'tiles') rows.push(...(await runTiles(effort, progress)));
  if (command.op === 'quantize') {
    const shape = command.quick ? quickQuantizeShape : quantizeShape;
    rows.push(...runQuantize(shape, effort, progress));
  }
  const ratios: Record<string, number> = {};
  const foundVnni = vnni();
  if (command.backends.includes('wasm')) notices.push(...vnniNotices(foundVnni));
  if (command.op === 'memory') {
    const { adapter, rows: measured } = await runMemory(
      command.quick ? quickMemoryModel : memoryModel,
      progress,
    );
    adapters.push(`webgpu: ${adapter}`);
    rows.push(...measured);
  }
  if (command.op === 'sample') {
    const { adapter, rows: measured } = await runSample(
      command.quick ? quickSampleShapes : sampleShapes,
      effort,
      progress,
    );
    adapters.push(`wasm: ${adapter}`);
    rows.push(...measured);
    Object.assign(ratios, sampleRatios(rows));
  }
  const isContest = command.op === 'gemm' || command.op === 'step';
  for (const backend of isContest ? command.backends : []) {
    progress(`${backend}: opening ${impls.join(', ')}`);
    const contestants = await openAll(backend);
    try {
      adapters.push(`${backend}: ${contestants[0]!.adapter}`);
      notices.push(...contestants.flatMap((contestant) => contestant.notices));
      const measured = await measure(command, backend, contestants, effort, progress);
      const peaks = command.op === 'gemm' ? await runPeak(backend, contestants, effort) : [];
      // A program that does as if it were a GPU unpacks bytes first, once for many products of a matrix product.
      const isPeak = contestants.some(({ isHardwareGpu }) => isHardwareGpu);
      rows.push(...withPercentOfPeak(measured, isPeak ? peaks : []), ...peaks);
    } finally {
      await Promise.all(contestants.map((contestant) => contestant.stop()));
    }
    Object.assign(ratios, command.op === 'gemm' ? gemmRatios(backend, rows) : stepRatios(backend, rows));
  }
  progress('');
  const isMemory = command.op === 'memory';
  const checks = {
    ...(isMemory ? memoryChecks(rows) : weightBytesCheck(rows)),
    ...stepCountChecks(rows),
    // Next to nothing else to do, a tiny step is mostly overhead.
    ...(command.quick ? {} : stepTimeChecks(ratios)),
    ...(command.op === 'fit' && !command.quick ? fitChecks(rows) : {}),
    ...(command.op === 'sample' && !command.quick ? sampleChecks(ratios) : {}),
  };
  if (isMemory) for (const [name, { value }] of Object.entries(checks)) ratios[name] = value;
  return {
    adapter: adapters.join('; '),
    backend: isLocal ? 'cpu' : command.backends.length === 1 ? command.backends[0]! : 'all',
    date: new Date().toISOString(),
    vnni: foundVnni,
    notices,
    versions: versions(),
    rows,
    ratios,
    checks,
  };
}

function effortOf({ op, quick: isQuick, rounds }: BenchCommand): Effort {
  const usual = isQuick ? quick : op === 'step' ? thoroughSteps : thorough;
  return rounds === undefined ? usual : { ...usual, rounds, taskSeconds: Infinity };
}

function measure(
  command: BenchCommand,
  backend: BenchBackend,
  contestants: readonly ContestantProcess[],
  effort: Effort,
  progress: (text: string) => void,
): Promise<BenchRow[]> {
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

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PeakBytes } from '../memory/memory-meter.ts';
import type { BenchBackend, Impl } from '../report.ts';
import type { GpuCounts } from './gpu-counter.ts';
import type { Answer, EntryInfo, Request } from './messages.ts';
import type { Task } from './task.ts';

/**
 * An implementation in a process of its own, so that its memory, its compiled code and its GPU device do not disturb
 * the others. It works only while a call is pending.
 */
export class ContestantProcess {
  readonly impl: Impl;
  readonly adapter: string;
  readonly isHardwareGpu: boolean;
  readonly notices: readonly string[];
  readonly #child: ChildProcess;

  private constructor(
    impl: Impl,
    { adapter, isHardwareGpu, notices }: Extract<Answer, { answer: 'open' }>,
    child: ChildProcess,
  ) {
    this.impl = impl;
    this.adapter = adapter;
    this.isHardwareGpu = isHardwareGpu;
    this.notices = notices;
    this.#child = child;
  }

  /**
   * Starts the process and opens its backend.
   *
   * @throws Error when the backend cannot be opened
   */
  static async start(impl: Impl, backend: BenchBackend): Promise<ContestantProcess> {
    const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [impl, backend], {
      execArgv: ['--conditions=@nibble-ml/source'],
      serialization: 'advanced',
      // Libraries print banners; a table is read from stdout.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    return new ContestantProcess(impl, await nextAnswer(child, impl, 'open'), child);
  }

  /** Sets a task up and returns its entries. */
  async prepare(task: Task): Promise<readonly EntryInfo[]> {
    return (await this.#ask({ call: 'prepare', task }, 'prepare')).entries;
  }

  /** The numbers to check of variant `entry`. */
  async check(entry: number): Promise<Float32Array> {
    return (await this.#ask({ call: 'check', entry }, 'check')).values;
  }

  /** Mean milliseconds of `repeats` calls, and on webgpu what the last of them asked of the GPU. */
  async time(entry: number, repeats: number): Promise<{ ms: number; gpu: GpuCounts | undefined }> {
    return this.#ask({ call: 'time', entry, repeats }, 'time');
  }

  /** Peak bytes of GPU buffers since variant `entry` was prepared, of a memory task. */
  async peakBytes(entry: number): Promise<PeakBytes> {
    return (await this.#ask({ call: 'peakBytes', entry }, 'peakBytes')).peak;
  }

  /** Frees the task. */
  async release(): Promise<void> {
    await this.#ask({ call: 'release' }, 'release');
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #ask<Kind extends Answer['answer']>(
    request: Request,
    kind: Kind,
  ): Promise<Extract<Answer, { answer: Kind }>> {
    const answer = nextAnswer(this.#child, this.impl, kind);
    this.#child.send(request);
    return answer;
  }
}

function nextAnswer<Kind extends Answer['answer']>(
  child: ChildProcess,
  impl: Impl,
  kind: Kind,
): Promise<Extract<Answer, { answer: Kind }>> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    const onStderr = (chunk: Buffer): void => {
      stderr = (stderr + chunk.toString()).slice(-4000);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      reject(new Error(`bench: the process of ${impl} ended (${code ?? signal}) during ${kind}\n${stderr}`));
    };
    child.stderr!.on('data', onStderr);
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.stderr!.off('data', onStderr);
      child.off('exit', onExit);
      const answer = message as Answer;
      if (answer.answer === kind) resolve(answer as Extract<Answer, { answer: Kind }>);
      else if (answer.answer === 'error')
        reject(new Error(`bench: ${impl} failed in ${kind}: ${answer.message}`));
      else reject(new Error(`bench: ${impl} answered ${answer.answer} to ${kind}`));
    });
  });
}

import type { FitStep } from '../fit/fit-steps.ts';
import type { FitProblem, FitWork, Solution } from '../fit/fit-work.ts';
import type { FitWorker } from './fit-worker.ts';
import type { FromWorker, ToWorker } from './messages.ts';

interface Member {
  readonly worker: FitWorker;
  /** The last problem that it was sent. */
  problemId: number;
}

interface Pending {
  readonly member: Member;
  readonly resolve: (solutions: readonly Solution[]) => void;
  readonly reject: (error: Error) => void;
}

/** Workers that do the pieces of work of a fit; each gets another as soon as it has answered. */
export class WorkerPool {
  readonly #members: readonly Member[];
  readonly #pending = new Map<number, Pending>();
  readonly #problemIds = new WeakMap<FitProblem, number>();
  #nextId = 0;

  constructor(workers: readonly FitWorker[]) {
    this.#members = workers.map((worker) => ({ worker, problemId: -1 }));
    for (const member of this.#members) {
      member.worker.listen(
        (message) => this.#answer(message as FromWorker),
        (error) => this.#break(member, error),
      );
    }
  }

  /**
   * Does all pieces of a step.
   *
   * @param onDone - Called after each piece.
   * @throws Error if a worker breaks or a piece fails.
   */
  async perform({ problem, works }: FitStep, onDone: () => void): Promise<(readonly Solution[])[]> {
    const results: (readonly Solution[])[] = works.map(() => []);
    let next = 0;
    const serve = async (member: Member): Promise<void> => {
      for (let index = next++; index < works.length; index = next++) {
        results[index] = await this.#send(member, problem, works[index]!);
        onDone();
      }
    };
    await Promise.all(this.#members.map(serve));
    return results;
  }

  /** Ends all workers; what is under way is rejected. */
  terminate(reason: Error): void {
    for (const { worker } of this.#members) worker.terminate();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  #send(member: Member, problem: FitProblem, work: FitWork): Promise<readonly Solution[]> {
    const problemId = this.#problemIds.get(problem) ?? this.#nextId++;
    this.#problemIds.set(problem, problemId);
    if (member.problemId !== problemId)
      member.worker.post({ type: 'problem', problemId, problem } satisfies ToWorker);
    member.problemId = problemId;
    const workId = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(workId, { member, resolve, reject });
      member.worker.post({ type: 'work', workId, problemId, work } satisfies ToWorker);
    });
  }

  #answer(message: FromWorker): void {
    const pending = this.#pending.get(message.workId);
    this.#pending.delete(message.workId);
    if (message.type === 'done') pending?.resolve(message.solutions);
    else pending?.reject(new Error(message.message));
  }

  #break(member: Member, error: Error): void {
    for (const [workId, pending] of this.#pending) {
      if (pending.member !== member) continue;
      this.#pending.delete(workId);
      pending.reject(error);
    }
  }
}

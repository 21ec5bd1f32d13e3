import { objectiveOf, performWork } from '../fit/fit-work.ts';
import type { HuberObjective } from '../fit/huber-objective.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** Answers the messages of a pool, on any kind of port. */
export function createServer(post: (message: FromWorker) => void): (message: ToWorker) => void {
  let current: { problemId: number; objective: HuberObjective } | undefined;
  return (message) => {
    if (message.type === 'problem') {
      current = { problemId: message.problemId, objective: objectiveOf(message.problem) };
      return;
    }
    const { workId, problemId, work } = message;
    try {
      if (current?.problemId !== problemId) {
        throw new Error(`createServer: problem ${problemId} must be sent before its work`);
      }
      post({ type: 'done', workId, solutions: performWork(current.objective, work) });
    } catch (error) {
      post({ type: 'failed', workId, message: error instanceof Error ? error.message : String(error) });
    }
  };
}

import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { RopeAngles } from './angles.ts';
import { ropeTable } from './reference.ts';

/** What the cache uses of a backend. */
interface TableBackend {
  disposeData(dataId: object, force?: boolean): boolean;
}

interface Table {
  readonly positions: number;
  readonly info: TensorInfo;
}

const tables = new WeakMap<object, Map<string, Table>>();

/**
 * The table of rotary angles on `backend`, made on first use and again, larger, when more positions are needed. It
 * belongs to the backend: tfjs neither counts nor disposes it.
 *
 * @param upload - makes a tensor of the backend from the values, outside tfjs's bookkeeping
 */
export function cachedRopeTable<Backend extends object>(
  backend: Backend,
  positions: number,
  headDim: number,
  angles: RopeAngles,
  upload: (backend: Backend, shape: [number, number], values: Float32Array) => TensorInfo,
): TensorInfo {
  let byAngle = tables.get(backend);
  if (byAngle === undefined) tables.set(backend, (byAngle = new Map()));
  const key = `${headDim} ${JSON.stringify(angles)}`;
  const found = byAngle.get(key);
  if (found !== undefined && found.positions >= positions) return found.info;
  // A power of two, so that generation, one position further at a time, seldom outgrows it.
  const capacity = 2 ** Math.ceil(Math.log2(positions));
  if (found !== undefined) (backend as unknown as TableBackend).disposeData(found.info.dataId);
  const info = upload(backend, [capacity, headDim], ropeTable(capacity, headDim, angles));
  byAngle.set(key, { positions: capacity, info });
  return info;
}

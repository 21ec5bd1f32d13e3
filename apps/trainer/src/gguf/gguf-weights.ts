import { ggufTensorBytes, llamaTensors, ROPE_FACTORS } from '@nibble-ml/llama';
import type { GgufFile, LlamaOfGguf, LlamaTensor, ParameterShape } from '@nibble-ml/llama';
import { decodeRows, isReadType } from './decode-rows.ts';
import type { ExportType } from './plan-gguf.ts';

/** Values decoded at once: 16 MiB of float32. */
const CHUNK = 2 ** 22;

/** The weights of a model in a GGUF file. */
export interface GgufWeights {
  /** How many tensors there are of each type. */
  readonly types: Readonly<Record<string, number>>;
  /** A parameter's values in row-major order, a piece at a time. */
  chunks(parameter: ParameterShape): Generator<Float32Array, void>;
}

/** A tensor of the file that makes up part of a parameter. */
interface Part extends LlamaTensor {
  readonly stored: ExportType;
  readonly scale: number;
}

/**
 * The weights of a LLaMA in a GGUF file, under this package's names: heads in its order, query, key and value together,
 * without the zeros that filled up the feed-forward network.
 *
 * @throws RangeError naming the tensor that is missing, one too many, of another shape, or of a type that is not read
 */
export function ggufWeights(file: GgufFile, { config, feedForwardLength }: LlamaOfGguf): GgufWeights {
  const extra = new Set(file.tensors.keys());
  extra.delete(ROPE_FACTORS);
  const types: Record<string, number> = {};
  const parts = new Map<string, Part[]>();
  for (const tensor of llamaTensors(config, { feedForwardLength })) {
    const { name, parameter } = tensor;
    const stored = requireTensor(file, tensor);
    types[stored] = (types[stored] ?? 0) + 1;
    extra.delete(name);
    const scaleName = name.replace(/weight$/, 'scale');
    const scale = extra.delete(scaleName) ? readScale(file, scaleName) : 1;
    // A factor for the activations, by which runtimes that quantize them would scale; none of the weights.
    extra.delete(name.replace(/weight$/, 'input_scale'));
    parts.set(parameter, [...(parts.get(parameter) ?? []), Object.assign(tensor, { stored, scale })]);
  }
  const [unknown] = extra;
  if (unknown !== undefined) {
    throw new RangeError(
      `ggufWeights: tensor ${JSON.stringify(unknown)} must be one of a LLaMA without biases, but is none; such models are not computed`,
    );
  }
  return {
    types,
    *chunks({ name, shape: [rows, cols = 1] }) {
      const places = placesOf(parts.get(name)!, rows);
      const step = Math.max(1, Math.floor(CHUNK / cols));
      for (let first = 0; first < rows; first += step) {
        yield decodeChunk(file, places.slice(first, first + step), cols);
      }
    },
  };
}

function requireTensor(file: GgufFile, { name, shape }: LlamaTensor): ExportType {
  const info = file.tensors.get(name);
  if (info === undefined)
    throw new RangeError(`ggufWeights: the file must have tensor ${name}, but has none`);
  if (info.shape.join() !== shape.join()) {
    throw new RangeError(
      `ggufWeights: ${name} must have shape [${shape.join(', ')}], but has [${info.shape.join(', ')}]`,
    );
  }
  if (!isReadType(info.type)) {
    throw new RangeError(
      `ggufWeights: ${name} must be F32, F16, BF16, Q8_0, MXFP4 or NVFP4, but is ${info.type}; import the model it was quantized from`,
    );
  }
  return info.type;
}

function readScale(file: GgufFile, name: string): number {
  const info = file.tensors.get(name)!;
  if (info.type !== 'F32' || info.byteLength !== 4) {
    throw new RangeError(
      `ggufWeights: ${name} must be one F32, but is ${info.type} of [${info.shape.join(', ')}]`,
    );
  }
  const bytes = file.readTensor(name);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
}

/** Where each row of a parameter is. */
interface Place {
  readonly part: Part;
  readonly row: number;
}

function placesOf(parts: readonly Part[], rows: number): Place[] {
  const places: Place[] = Array.from({ length: rows });
  for (const part of parts) {
    for (const [row, of] of part.rows.entries()) if (of >= 0) places[of] = { part, row };
  }
  return places;
}

/** Decodes the stretches of the tensors that hold the rows, and takes the rows out of them. */
function decodeChunk(file: GgufFile, places: readonly Place[], cols: number): Float32Array {
  const values = new Float32Array(places.length * cols);
  for (const part of new Set(places.map((place) => place.part))) {
    const own = places.flatMap((place, to) => (place.part === part ? [{ row: place.row, to }] : []));
    const first = own.reduce((least, { row }) => Math.min(least, row), Infinity);
    const last = own.reduce((most, { row }) => Math.max(most, row), 0);
    const decoded = decodePart(file, part, first, last + 1);
    for (const { row, to } of own) {
      const from = (row - first) * part.cols;
      values.set(decoded.subarray(from, from + cols), to * cols);
      const rest = decoded.subarray(from + cols, from + part.cols);
      if (rest.some((value) => value !== 0)) {
        throw new RangeError(
          `ggufWeights: ${part.name} must end its rows with zeros, from ${cols} on, but row ${row} does not`,
        );
      }
    }
  }
  return values;
}

function decodePart(file: GgufFile, part: Part, first: number, end: number): Float32Array {
  const { name, stored, cols, scale } = part;
  const rowBytes = ggufTensorBytes(stored, [cols]);
  const bytes = file.readTensor(name, first * rowBytes, end * rowBytes);
  const isInBlocks = stored === 'NVFP4';
  try {
    const values = decodeRows(bytes, stored, end - first, cols, isInBlocks ? scale : 1);
    return isInBlocks || scale === 1 ? values : values.map((value) => value * scale);
  } catch (cause) {
    throw new RangeError(`ggufWeights: ${name}: ${(cause as Error).message}`, { cause });
  }
}

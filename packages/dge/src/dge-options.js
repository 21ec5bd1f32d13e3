/** The k of arXiv 2501.17116, section 4.1. */
export const DEFAULT_K = 5;
/** The clip of arXiv 2501.17116, section 3.1. */
export const DEFAULT_CLIP = 3;
/** Throws a RangeError unless k is at least 1 and finite. */
export function checkK(caller, k) {
    if (!(k >= 1 && k < Infinity)) {
        throw new RangeError(`${caller}: k must be a finite number of at least 1, but got ${k}; 1 is straight-through`);
    }
}
/** Throws a RangeError unless clip is positive and finite. */
export function checkClip(caller, clip) {
    if (!(clip > 0 && clip < Infinity)) {
        throw new RangeError(`${caller}: clip must be positive and finite, but got ${clip}; the paper's is 3`);
    }
}
/** Throws a TypeError unless `outside` names a behaviour. */
export function checkOutside(caller, outside) {
    if (outside !== 'edge' && outside !== 'msAmp') {
        throw new TypeError(`${caller}: outside must be edge or msAmp, but got ${String(outside)}`);
    }
}
//# sourceMappingURL=dge-options.js.map
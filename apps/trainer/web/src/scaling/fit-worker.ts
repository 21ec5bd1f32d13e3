// The entry of a worker that fits.
import '@nibble-ml/scaling-law/web-worker';

// The Web Worker in which the lab trains.
import { serveEngine } from './serve-engine.ts';

serveEngine();

export { chooseBackend } from './backend/choose-backend.ts';
export type { BackendRequest, ChosenBackend } from './backend/choose-backend.ts';
export { runCli } from './run-cli.ts';

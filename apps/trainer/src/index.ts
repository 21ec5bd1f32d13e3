export { chooseBackend } from './backend/choose-backend.ts';
export type { BackendRequest, ChooseBackendOptions, ChosenBackend } from './backend/choose-backend.ts';
export { runCli } from './run-cli.ts';

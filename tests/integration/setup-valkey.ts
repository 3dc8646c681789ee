import type { TestProject } from 'vitest/node';
import { provideServices } from './services.ts';

/** The suite on the embedded Valkey, which every machine has. */
export default (project: TestProject): Promise<() => Promise<void>> =>
	provideServices(project, 'wasm');

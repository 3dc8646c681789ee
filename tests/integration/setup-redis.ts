import type { TestProject } from 'vitest/node';
import { provideServices } from './services.ts';

/** The suite on a native redis-server or valkey-server from the PATH. */
export default (project: TestProject): Promise<() => Promise<void>> =>
	provideServices(project, 'server');

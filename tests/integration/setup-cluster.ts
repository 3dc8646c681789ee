import type { TestProject } from 'vitest/node';
import { provideCluster } from './services.ts';

/** The suite on Redis Clusters of three masters. */
export default (project: TestProject): Promise<() => Promise<void>> => provideCluster(project);

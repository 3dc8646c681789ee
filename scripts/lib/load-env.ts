import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/lib/server/project-root.ts';

/** Reads the project's `.env` into the environment, if there is one. What is set already stays. */
export function loadEnvFile(): void {
	const file = join(projectRoot(), '.env');
	if (existsSync(file)) process.loadEnvFile(file);
}

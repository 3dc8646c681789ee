import { execFile } from 'node:child_process';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../src/lib/server/project-root.ts';

const run = promisify(execFile);

/** Output of the build is short; that of git archive goes to tar. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Checks a version of this repository out into `folder` and builds it there, with the packages that are
 * installed here: for a version that needs others, run `npm ci` in the folder first. Throws when git does
 * not know the version or when its build fails.
 */
export async function buildVersion(reference: string, folder: string): Promise<void> {
	const root = projectRoot();
	await mkdir(folder, { recursive: true });
	const archive = join(folder, 'version.tar');
	await run('git', ['archive', '--format=tar', '--output', archive, reference], { cwd: root });
	await run('tar', ['-xf', archive, '-C', folder]);
	await rm(archive);
	await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
	const env = { ...process.env, NODE_ENV: 'production' };
	const options = { cwd: folder, env, maxBuffer: MAX_OUTPUT_BYTES };
	const bin = (...path: string[]): string => join(root, 'node_modules', ...path);
	await run(process.execPath, [bin('@sveltejs', 'kit', 'svelte-kit.js'), 'sync'], options);
	await run(
		process.execPath,
		[bin('vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
		options
	);
}

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Every executable file called one of `names` on the PATH, as absolute paths, in the order of `names`,
 * then of the PATH. (`which` is itself a program that small images lack.)
 */
export async function findOnPath(names: readonly string[]): Promise<string[]> {
	const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
	const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
	const usable = await Promise.all(candidates.map(isExecutableFile));
	return candidates.filter((_, index) => usable[index]);
}

/** Whether this process may run the file at `path`. */
export async function isExecutableFile(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}

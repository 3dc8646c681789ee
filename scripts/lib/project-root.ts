import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The absolute path of the project's folder: the nearest one above this file with a `package.json`.
 * Scripts use it instead of the working directory, which depends on where they were called from.
 *
 * @throws Error when no folder above holds a `package.json`.
 */
export function projectRoot(): string {
	let folder = import.meta.dirname;
	while (!existsSync(join(folder, 'package.json'))) {
		const parent = dirname(folder);
		if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}.`);
		folder = parent;
	}
	return folder;
}

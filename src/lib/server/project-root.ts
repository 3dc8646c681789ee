import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The project's folder: where `lua/` and `migrations/` stand. Found by walking up from this module,
 * so that it is the same from the sources and from the build, whatever the working directory is.
 */
export function projectRoot(): string {
	let folder = import.meta.dirname;
	while (!existsSync(join(folder, 'lua')) || !existsSync(join(folder, 'package.json'))) {
		const parent = dirname(folder);
		if (parent === folder) throw new Error('the folder with package.json and lua/ was not found');
		folder = parent;
	}
	return folder;
}

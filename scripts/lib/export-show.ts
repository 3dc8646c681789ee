import { constants, createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PLAIN_CSV } from '../../src/lib/server/exports/csv-style.ts';
import { EXPORT_FILES, exportText } from '../../src/lib/server/exports/export-file.ts';
import { exportSource } from '../../src/lib/server/exports/source.ts';
import type { Db } from '../../src/lib/server/history/database.ts';
import { WorkspaceScope } from '../../src/lib/server/history/queries/scope.ts';

async function exists(path: string): Promise<boolean> {
	return await stat(path).then(
		() => true,
		() => false
	);
}

/** Makes the directory, with those above it. Throws when files can't be put there. */
export async function openExportDirectory(directory: string): Promise<void> {
	await mkdir(directory, { recursive: true });
	await access(directory, constants.W_OK);
}

/**
 * Writes the files of a show into a directory, times in UTC, without byte order mark. A file appears when
 * it is complete, in the place of one that an earlier run left. Returns the names of those replaced.
 */
export async function writeExports(
	db: Db,
	{ workspaceId, showId }: { readonly workspaceId: string; readonly showId: string },
	{ directory, signal }: { readonly directory: string; readonly signal: AbortSignal }
): Promise<string[]> {
	const show = await new WorkspaceScope(db, workspaceId).show(showId);
	const source = await exportSource(db, show, 'UTC');
	const replaced: string[] = [];
	for (const file of EXPORT_FILES) {
		const path = join(directory, file);
		const partial = `${path}.partial`;
		const text = exportText(file, source, PLAIN_CSV);
		try {
			await pipeline(text, createWriteStream(partial), { signal });
			if (await exists(path)) replaced.push(file);
			await rename(partial, path);
		} catch (error) {
			await rm(partial, { force: true });
			throw error;
		}
	}
	return replaced;
}

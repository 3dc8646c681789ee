import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What a backup consists of, in `manifest.json`: written last, so that half a backup has none. */
const manifestSchema = z.object({
	format: z.literal(1),
	createdAt: z.iso.datetime(),
	/** Whether it holds Redis's files beside Postgres's dump. */
	redis: z.boolean(),
	files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() }))
});

export type Manifest = z.output<typeof manifestSchema>;

const NAME = 'manifest.json';

async function sha256(file: string): Promise<string> {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(file)) if (Buffer.isBuffer(chunk)) hash.update(chunk);
	return hash.digest('hex');
}

async function filesIn(folder: string): Promise<Manifest['files']> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const paths = entries
		.filter((entry) => entry.isFile() && entry.name !== NAME)
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
	return await Promise.all(
		paths.map(async (path) => ({
			path: path.slice(folder.length + 1),
			bytes: (await stat(path)).size,
			sha256: await sha256(path)
		}))
	);
}

/** Lists what the folder holds now. */
export async function writeManifest(folder: string, redis: boolean): Promise<Manifest> {
	const createdAt = new Date().toISOString();
	const manifest: Manifest = { format: 1, createdAt, redis, files: await filesIn(folder) };
	await writeFile(join(folder, NAME), `${JSON.stringify(manifest, null, '\t')}\n`, { mode: 0o600 });
	return manifest;
}

/** Reads the list and compares it with what is there. Throws when anything is missing or different. */
export async function verifyBackup(folder: string): Promise<Manifest> {
	const text = await readFile(join(folder, NAME), 'utf8').catch(() => {
		throw new Error(`${folder} is no finished backup: it has no ${NAME}`);
	});
	const manifest = manifestSchema.parse(JSON.parse(text));
	const found = new Map((await filesIn(folder)).map((file) => [file.path, file.sha256]));
	const damaged = manifest.files.filter(({ path, sha256: wanted }) => found.get(path) !== wanted);
	if (damaged.length > 0) {
		throw new Error(`the backup is damaged: ${damaged.map(({ path }) => path).join(', ')}`);
	}
	return manifest;
}
